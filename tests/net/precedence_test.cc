// SPDX-License-Identifier: MIT
#include "net/precedence.h"

#include <doctest/doctest.h>

namespace {

using namespace std::chrono_literals;
using rt::base::SteadyTime;
using rt::net::Precedence;

constexpr SteadyTime k_now{1000s};

TEST_CASE("at leisure the readers come first, until all has been written") {
  Precedence precedence;
  precedence.on_batch(k_now);
  CHECK(precedence.readers_first(k_now));
  CHECK(precedence.readers_first(k_now + 50ms));
  precedence.on_idle(k_now + 60ms);
  CHECK(!precedence.readers_first(k_now + 60ms));
}

TEST_CASE("where more comes while readers are written to, the publishers come first, the earlier ones too") {
  Precedence precedence;
  precedence.on_batch(k_now);
  precedence.on_batch(k_now + 1ms);
  CHECK(!precedence.readers_first(k_now + 1ms));
}

TEST_CASE("a publisher that comes back at once comes first") {
  Precedence precedence;
  precedence.on_batch(k_now);
  precedence.on_idle(k_now);
  precedence.on_batch(k_now + 1ms);
  CHECK(!precedence.readers_first(k_now + 1ms));
  precedence.on_idle(k_now + 1ms);
  precedence.on_batch(k_now + 3ms);
  CHECK(precedence.readers_first(k_now + 3ms));
}

TEST_CASE("a shard that was busy for long is at leisure after half of that") {
  for (const auto rest : {29ms, 30ms}) {
    Precedence precedence;
    precedence.on_batch(k_now);
    precedence.on_batch(k_now + 10ms);
    precedence.on_idle(k_now + 60ms);
    precedence.on_batch(k_now + 60ms + rest);
    CHECK(precedence.readers_first(k_now + 60ms + rest) == (rest == 30ms));
  }
}

TEST_CASE("turns without events are no load") {
  Precedence precedence;
  precedence.on_batch(k_now);
  precedence.on_idle(k_now + 4ms);
  precedence.on_idle(k_now + 9ms);
  precedence.on_batch(k_now + 10ms);
  CHECK(precedence.readers_first(k_now + 10ms));
}

TEST_CASE("a publisher waits no longer than 100 ms") {
  Precedence precedence;
  precedence.on_batch(k_now);
  CHECK(precedence.readers_first(k_now + 99ms));
  CHECK(!precedence.readers_first(k_now + 100ms));
}

}  // namespace
