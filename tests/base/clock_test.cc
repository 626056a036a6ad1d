// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include <doctest/doctest.h>

using namespace rt::base;
using namespace std::chrono_literals;

TEST_CASE(
    "a manual clock goes on only when told, and its steady time ignores a wall clock that is set back") {
  ManualClock clock(WallTime(1000ms));
  const SteadyTime steady = clock.steady();
  clock.advance(250ms);
  CHECK(clock.wall() == WallTime(1250ms));
  clock.set_wall(WallTime(10ms));
  CHECK(clock.wall() == WallTime(10ms));
  CHECK(clock.steady() - steady == 250ms);
}

TEST_CASE("the system clock says the time of day") {
  const SystemClock clock;
  const auto reference = std::chrono::system_clock::now();
  CHECK(clock.wall() - reference < 1s);
  CHECK(reference - clock.wall() < 1s);
  CHECK(clock.steady() <= clock.steady());
}
