// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

TEST_CASE("a Feature with a Point becomes a position: longitude first") {
  CHECK(
      read_every_way(
          R"({"type":"Feature","geometry":{"type":"Point","coordinates":[-79.3832, 43.6532, 76.5]},"properties":{"heading":180,"speed":45.5,"accuracy":4,"timestamp":"2023-12-20T14:35:00Z","driverId":"D-7"}})") ==
      Lines{"1: 43.6532,-79.3832 heading=180 speed=45.5 accuracy=4 altitude=76.5 "
            "time=2023-12-20T14:35:00.000Z driver=D-7"});
}

TEST_CASE("a Point alone is a position, also in a JSON text sequence") {
  CHECK(read_every_way(R"({"type":"Point","coordinates":[-79.3832,43.6532]})") ==
        Lines{"1: 43.6532,-79.3832"});
  CHECK(read_every_way("\x1E{\"type\":\"Point\",\"coordinates\":[2,1]}\n") == Lines{"1: 1,2"});
}

TEST_CASE("coordinates come from the geometry alone") {
  CHECK(
      read_whole(
          R"({"type":"Feature","geometry":{"type":"Point","coordinates":[2,1]},"properties":{"latitude":5,"lon":6}})") ==
      Lines{"1: 1,2"});
}

TEST_CASE("what looks swapped is told once, and never swapped") {
  CHECK(read_every_way(R"({"type":"Point","coordinates":[43.6532,-79.3832]}
{"type":"Point","coordinates":[43.6533,-79.3832]}
{"type":"Point","coordinates":[-79.3832,43.6532]})") ==
        Lines{"1: doubtful are the coordinates swapped? GeoJSON has [longitude, latitude]",
              "1: -79.3832,43.6532", "2: -79.3832,43.6533", "3: 43.6532,-79.3832"});
  CHECK(read_whole(R"({"type":"Point","coordinates":[52.5,103.8]})") ==
        Lines{"1: doubtful are the coordinates swapped? GeoJSON has [longitude, latitude]",
              "1: rejected latitude must be a number from -90 to 90"});
  CHECK(read_whole(R"({"type":"Point","coordinates":[103.8,52.5]})") == Lines{"1: 52.5,103.8"});
}

TEST_CASE("a Feature without a geometry is no fix") {
  CHECK(read_whole(R"({"type":"Feature","geometry":null,"properties":{}})") == Lines{"1: skipped no fix"});
}

TEST_CASE("what is no Point is rejected with a reason") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"type":"FeatureCollection","features":[]})",
       "a FeatureCollection; give its features one a line (jq -c '.features[]')"},
      {R"({"type":"Feature","geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{}})",
       "geometry must be a Point"},
      {R"({"type":"Feature","geometry":7,"properties":{}})", "geometry must be a Point"},
      {R"({"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":7})",
       "properties must be an object"},
      {R"({"type":"Point","coordinates":"1,2"})", "coordinates must be [longitude, latitude]"},
      {R"({"type":"Point","coordinates":[1]})", "coordinates must be [longitude, latitude]"},
      {R"({"type":"Point","coordinates":[]})", "coordinates must be numbers"},
      {R"({"type":"Point","coordinates":[[1,2],3]})", "coordinates must be numbers"},
      {R"({"type":"Point","coordinates":["1","2"]})", "coordinates must be numbers"},
      {R"({"type":"Point","coordinates":[1,200]})", "latitude must be a number from -90 to 90"},
  };
  for (const auto& [line, what] : cases) {
    const auto lines = read_whole(line);
    REQUIRE(!lines.empty());
    CHECK(lines.back() == "1: rejected " + what);
  }
}

TEST_CASE("the speed of a Feature may be in another unit, its driver in another member") {
  CHECK(
      read_whole(
          R"({"type":"Feature","id":"D-7","geometry":{"type":"Point","coordinates":[2,1]},"properties":{"speed":10}})",
          {.driver_field = "id", .speed_unit = SpeedUnit::mph}) == Lines{"1: 1,2 speed=16.093 driver=D-7"});
}

}  // namespace
}  // namespace rt::gps
