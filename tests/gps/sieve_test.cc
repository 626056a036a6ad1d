// SPDX-License-Identifier: MIT
#include "gps/sieve.h"

#include <doctest/doctest.h>

namespace rt::gps {
namespace {

using std::chrono::seconds;

const base::WallTime k_now{seconds(1703082900)};

model::Position at(double latitude, std::optional<seconds> after = std::nullopt) {
  model::Position position{.latitude = latitude, .longitude = 0};
  if (after) {
    position.time = k_now + *after;
  }
  return position;
}

TEST_CASE("without options everything passes") {
  Sieve sieve({});
  for (int i = 0; i < 3; ++i) {
    CHECK(!sieve.hold_back("D-7", at(1, seconds(0)), k_now));
  }
}

TEST_CASE("a fix passes again when the interval since the last that passed is over") {
  Sieve sieve({.interval_min = seconds(5)});
  CHECK(!sieve.hold_back("D-7", at(1, seconds(0)), k_now));
  CHECK(sieve.hold_back("D-7", at(1, seconds(3)), k_now) == "too soon");
  CHECK(sieve.hold_back("D-7", at(1, seconds(4)), k_now) == "too soon");
  CHECK(!sieve.hold_back("D-7", at(1, seconds(5)), k_now));
  CHECK(sieve.hold_back("D-7", at(1, seconds(9)), k_now) == "too soon");
}

TEST_CASE("fixes without a time are measured by when they come") {
  Sieve sieve({.interval_min = seconds(5)});
  CHECK(!sieve.hold_back("D-7", at(1), k_now));
  CHECK(sieve.hold_back("D-7", at(1), k_now + seconds(4)) == "too soon");
  CHECK(!sieve.hold_back("D-7", at(1), k_now + seconds(5)));
}

TEST_CASE("a time that goes back starts anew") {
  Sieve sieve({.interval_min = seconds(5)});
  CHECK(!sieve.hold_back("D-7", at(1, seconds(100)), k_now));
  CHECK(!sieve.hold_back("D-7", at(1, seconds(0)), k_now));
  CHECK(sieve.hold_back("D-7", at(1, seconds(1)), k_now) == "too soon");
}

TEST_CASE("a fix passes when it is far enough from the last that passed") {
  Sieve sieve({.distance_min_m = 100});
  CHECK(!sieve.hold_back("D-7", at(43), k_now));
  CHECK(sieve.hold_back("D-7", at(43.0008), k_now) == "too near");  // 89 m
  CHECK(!sieve.hold_back("D-7", at(43.0010), k_now));               // 111 m
}

TEST_CASE("each driver is measured against himself") {
  Sieve sieve({.interval_min = seconds(5), .distance_min_m = 100});
  CHECK(!sieve.hold_back("D-7", at(1, seconds(0)), k_now));
  CHECK(!sieve.hold_back("D-8", at(1, seconds(0)), k_now));
  CHECK(sieve.hold_back("D-7", at(9, seconds(1)), k_now) == "too soon");
  CHECK(sieve.hold_back("D-8", at(1, seconds(6)), k_now) == "too near");
}

TEST_CASE("it remembers a bounded number of drivers") {
  Sieve sieve({.interval_min = seconds(5)});
  int passed = 0;
  for (int i = 0; i <= 100'000; ++i) {
    passed += sieve.hold_back("D-" + std::to_string(i), at(1, seconds(0)), k_now) ? 0 : 1;
  }
  CHECK(passed == 100'001);
  CHECK(sieve.hold_back("D-100000", at(1, seconds(1)), k_now) == "too soon");
  CHECK(!sieve.hold_back("D-0", at(1, seconds(1)), k_now));
}

TEST_CASE("what is too old is held back, what has no time is not") {
  Sieve sieve({.age_max = seconds(60)});
  CHECK(sieve.hold_back("D-7", at(1, seconds(-61)), k_now) == "too old");
  CHECK(!sieve.hold_back("D-7", at(1, seconds(-60)), k_now));
  CHECK(!sieve.hold_back("D-7", at(1, seconds(600)), k_now));
  CHECK(!sieve.hold_back("D-7", at(1), k_now));
}

TEST_CASE("distances are those of the earth, across the date line too") {
  CHECK(distance_m(43.6532, -79.3832, 43.6532, -79.3832) == 0);
  CHECK(distance_m(0, 179.9, 0, -179.9) == doctest::Approx(22'239).epsilon(0.005));
  CHECK(distance_m(43.6532, -79.3832, 45.5019, -73.5674) == doctest::Approx(503'500).epsilon(0.01));
  CHECK(distance_m(90, 0, -90, 77) == doctest::Approx(20'015'000).epsilon(0.005));
}

}  // namespace
}  // namespace rt::gps
