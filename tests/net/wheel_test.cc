// SPDX-License-Identifier: MIT
#include "net/wheel.h"

#include <doctest/doctest.h>

namespace {

using namespace std::chrono_literals;
using rt::base::SteadyTime;
using rt::net::Wheel;
using Ids = std::vector<std::uint64_t>;

constexpr SteadyTime k_now{1000s};

TEST_CASE("a reminder comes at its time, once, and not before") {
  Wheel wheel(k_now);
  wheel.schedule(7, k_now + 1s);
  CHECK(wheel.advance(k_now + 999ms).empty());
  CHECK(wheel.advance(k_now + 1s) == Ids{7});
  CHECK(wheel.advance(k_now + 10min).empty());
}

TEST_CASE("what is due already comes with the next tick") {
  Wheel wheel(k_now);
  wheel.schedule(7, k_now - 5s);
  CHECK(wheel.advance(k_now + Wheel::k_tick) == Ids{7});
}

TEST_CASE("what is too far ahead comes early rather than never") {
  Wheel wheel(k_now);
  wheel.schedule(7, k_now + 24h);
  CHECK(wheel.advance(k_now + 110s) == Ids{7});
}

TEST_CASE("after a long sleep everything that is due comes") {
  Wheel wheel(k_now);
  for (std::uint64_t id = 0; id < 50; ++id) wheel.schedule(id, k_now + 2s * id);
  CHECK(wheel.advance(k_now + 24h).size() == 50);
}

}  // namespace
