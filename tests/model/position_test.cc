// SPDX-License-Identifier: MIT
#include "model/position.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "model/json.h"

using namespace rt::model;
using namespace std::chrono_literals;

TEST_CASE("heading 360 becomes 0, everything in range stays") {
  Position position{
      .latitude = -90, .longitude = 180, .heading = 360, .speed = 0, .accuracy = 0, .altitude = -430};
  CHECK_FALSE(check(position));
  CHECK(position.heading == 0);
  CHECK(position.latitude == -90);
  CHECK(position.altitude == -430);
}

TEST_CASE("the first field out of range is named") {
  constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  const auto why = [](Position position) { return check(position).value_or("fine"); };
  CHECK(why({.latitude = 90.0001}) == "latitude must be a number from -90 to 90");
  CHECK(why({.latitude = k_nan, .longitude = 181}) == "latitude must be a number from -90 to 90");
  CHECK(why({.longitude = -180.1}) == "longitude must be a number from -180 to 180");
  CHECK(why({.heading = -0.1}) == "heading must be a number of degrees from 0 to 360");
  CHECK(why({.heading = 360.1}).starts_with("heading "));
  CHECK(why({.speed = -1}) == "speed must be a number of km/h, 0 or more");
  CHECK(why({.speed = k_infinity}).starts_with("speed "));
  CHECK(why({.accuracy = -1}) == "accuracy must be a number of metres, 0 or more");
  CHECK(why({.altitude = k_nan}) == "altitude must be a number of metres");
  CHECK(why({.heading = 359.9}) == "fine");
}

TEST_CASE("a position is written with what is known, in the order of the contract") {
  CHECK(to_location_json({.latitude = 43.6532, .longitude = -79.3832}) ==
        R"({"latitude":43.6532,"longitude":-79.3832})");
  CHECK(
      to_location_json({.latitude = 43.6532,
                        .longitude = -79.3832,
                        .heading = 180,
                        .speed = 45.5,
                        .accuracy = 5,
                        .altitude = 76.25,
                        .time = rt::base::WallTime(1703082900000ms)}) ==
      R"({"latitude":43.6532,"longitude":-79.3832,"heading":180,"speed":45.5,"accuracy":5,"altitude":76.25,"timestamp":"2023-12-20T14:35:00.000Z"})");
}

TEST_CASE("numbers are written shortest, without exponent, and read back exactly") {
  const std::pair<double, const char*> rows[] = {{0, "0"},
                                                 {-0.0, "0"},
                                                 {100000, "100000"},
                                                 {0.00001, "0.00001"},
                                                 {-0.0000025, "-0.0000025"},
                                                 {0.1 + 0.2, "0.30000000000000004"},
                                                 {1e14, "100000000000000"},
                                                 {12.5, "12.5"}};
  for (const auto& [value, text] : rows) {
    CHECK(to_location_json({.altitude = value}) ==
          std::string(R"({"latitude":0,"longitude":0,"altitude":)") + text + "}");
  }
  for (const double value : {1e-300, 1.7976931348623157e308, 5e-324, 1e15, 123456.789e30}) {
    const std::string json = to_location_json({.altitude = value});
    const auto members = parse_object(json);
    REQUIRE(members);
    CHECK(number_of(members->back().raw) == value);
  }
}
