// SPDX-License-Identifier: MIT
#include "client/backoff.h"

#include <doctest/doctest.h>

#include <vector>

using namespace rt;
using std::chrono::milliseconds;

TEST_CASE("the waits are 2, 4, 8, 16, 30, 30 seconds") {
  std::vector<long> seconds;
  for (unsigned attempt = 1; attempt <= 6; ++attempt) {
    seconds.push_back(client::full_wait({}, attempt).count() / 1000);
  }
  CHECK(seconds == std::vector<long>{2, 4, 8, 16, 30, 30});
}

TEST_CASE("a very late attempt waits the longest time, no other") {
  CHECK(client::full_wait({}, 4'000'000'000U) == milliseconds(30'000));
  CHECK(client::full_wait({.retries_max = {}, .first = milliseconds(0), .max = milliseconds(30'000)}, 9) ==
        milliseconds(0));
  CHECK(client::full_wait({.retries_max = {}, .first = milliseconds(90), .max = milliseconds(50)}, 1) ==
        milliseconds(50));
}

TEST_CASE("the jitter takes up to a fifth, never adds, and is spread") {
  base::Random random(1);
  milliseconds least{1'000'000};
  milliseconds most{0};
  for (int i = 0; i < 1000; ++i) {
    const auto wait = client::wait_before({}, 3, {}, random);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  CHECK(least >= milliseconds(6400));
  CHECK(least < milliseconds(6450));
  CHECK(most <= milliseconds(8000));
  CHECK(most > milliseconds(7950));
}

TEST_CASE("retry: is the first wait as it is, and no later one is shorter") {
  base::Random random(1);
  const client::ServerWish wish{.retry = milliseconds(7777), .retry_after = {}};
  CHECK(client::wait_before({}, 1, wish, random) == milliseconds(7777));
  CHECK(client::wait_before({}, 2, wish, random) == milliseconds(7777));
  CHECK(client::wait_before({}, 5, wish, random) >= milliseconds(24'000));
}

TEST_CASE("nobody comes before Retry-After, and nobody waits for ever") {
  base::Random random(1);
  CHECK(client::wait_before({}, 1, {.retry = {}, .retry_after = milliseconds(60'000)}, random) ==
        milliseconds(60'000));
  CHECK(client::wait_before({}, 4, {.retry = {}, .retry_after = milliseconds(1)}, random) >=
        milliseconds(12'800));
  CHECK(client::wait_before({}, 1, {.retry = milliseconds(86'400'000), .retry_after = {}}, random) ==
        milliseconds(3'600'000));
}
