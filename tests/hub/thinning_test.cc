// SPDX-License-Identifier: MIT
// What it does to whole streams is in shard_thinning_test.cc, and under any interleaving in tests/simulation.
#include "hub/thinning.h"

#include <doctest/doctest.h>

#include <utility>

using namespace rt;
using hub::Thinning;
using std::chrono::milliseconds;

namespace {

constexpr Thinning::Place k_a{0, 7};
constexpr Thinning::Place k_b{0, 8};
constexpr Thinning::Place k_c{1, 7};

base::SteadyTime at(int ms) {
  return base::SteadyTime(milliseconds(ms));
}

// Takes and sends what is due.
std::vector<Thinning::Place> due(Thinning& thinning, int ms, bool all = false) {
  thinning.collect_due(at(ms), all);
  std::vector<Thinning::Place> taken = std::exchange(thinning.due(), {});
  std::erase_if(taken, [&](auto place) { return !thinning.done(place, Thinning::Done::sent, at(ms)); });
  return taken;
}

}  // namespace

TEST_CASE("the first goes out at once, the others when the period is over, as one") {
  Thinning thinning(milliseconds(100), 2);
  CHECK(thinning.offer(k_a, at(0)));
  CHECK_FALSE(thinning.has_held());
  CHECK_FALSE(thinning.offer(k_a, at(1)));
  CHECK_FALSE(thinning.offer(k_a, at(99)));
  CHECK(thinning.has_held());
  CHECK(due(thinning, 99).empty());
  CHECK(due(thinning, 100) == std::vector{k_a});
  CHECK_FALSE(thinning.has_held());
  // What was held begins a period of its own.
  CHECK_FALSE(thinning.offer(k_a, at(199)));
  CHECK(due(thinning, 200) == std::vector{k_a});
}

TEST_CASE("after a period in which nothing came the next goes out at once") {
  Thinning thinning(milliseconds(100), 2);
  CHECK(thinning.offer(k_a, at(0)));
  CHECK(thinning.is_due(at(100)));
  CHECK(due(thinning, 100).empty());
  CHECK_FALSE(thinning.is_due(at(1'000'000)));
  CHECK(thinning.offer(k_a, at(100)));
}

TEST_CASE("each topic has its own period, whichever feed it comes by") {
  Thinning thinning(milliseconds(100), 2);
  CHECK(thinning.offer(k_a, at(0)));
  CHECK(thinning.offer(k_b, at(10)));
  CHECK(thinning.offer(k_c, at(20)));
  for (const auto place : {k_c, k_b, k_a}) CHECK_FALSE(thinning.offer(place, at(30)));
  CHECK(due(thinning, 110) == std::vector{k_a, k_b});
  CHECK(due(thinning, 120) == std::vector{k_c});
}

TEST_CASE("at the end all that is held goes out") {
  Thinning thinning(milliseconds(100), 2);
  for (const auto place : {k_a, k_b, k_a}) thinning.offer(place, at(0));
  CHECK(due(thinning, 1, true) == std::vector{k_a});
}

TEST_CASE("what was forgotten is not sent, whether it was held or already due") {
  Thinning thinning(milliseconds(100), 2);
  for (const auto place : {k_a, k_a, k_b, k_b, k_c}) thinning.offer(place, at(0));
  CHECK(thinning.forget(k_a));
  CHECK_FALSE(thinning.forget(k_c));
  thinning.collect_due(at(100), false);
  CHECK(thinning.due() == std::vector{k_b});
  CHECK(thinning.forget(k_b));
  CHECK_FALSE(thinning.has_held());
  CHECK(due(thinning, 100).empty());
  // The next to take their slots are new.
  CHECK(thinning.offer(k_a, at(100)));
  CHECK(thinning.offer(k_b, at(100)));
}

TEST_CASE("what is left to the walk is free to go when the walk comes to it") {
  Thinning thinning(milliseconds(100), 2);
  thinning.offer(k_a, at(0));
  thinning.offer(k_a, at(1));
  thinning.collect_due(at(100), false);
  CHECK(thinning.done(k_a, Thinning::Done::left_to_the_walk, at(100)));
  CHECK_FALSE(thinning.has_held());
  CHECK(thinning.offer(k_a, at(100)));
}
