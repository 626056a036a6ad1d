// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

TEST_CASE("a query of OsmAnd becomes a position, its speed being in knots") {
  const Lines position = {
      "1: 43.6532,-79.3832 heading=180 speed=41.67 accuracy=4 altitude=76.5 "
      "time=2023-12-20T14:35:00.000Z driver=D-7"};
  const std::string query =
      "id=D-7&lat=43.6532&lon=-79.3832&timestamp=1703082900&hdop=1&altitude=76.5&speed=22.5&bearing=180"
      "&accuracy=4&batt=80";
  CHECK(read_every_way(query) == position);
  CHECK(read_whole("?" + query) == position);
  CHECK(read_whole("http://127.0.0.1:5055/?" + query) == position);
  CHECK(read_whole("POST /?" + query + " HTTP/1.1") == position);
  CHECK(read_whole("10.0.0.1 - - [20/Dec/2023:14:35:00 +0000] \"GET /?" + query + " HTTP/1.1\" 200 0") ==
        position);
}

TEST_CASE("the other names of the query's parameters are understood") {
  CHECK(read_every_way("deviceid=17&location=43.6532%2C-79.3832&heading=9") ==
        Lines{"1: 43.6532,-79.3832 heading=9 driver=17"});
}

TEST_CASE("the query's time is in seconds, milliseconds or ISO 8601, and UTC where it does not say") {
  for (const char* time : {"1703082900", "1703082900000", "2023-12-20T14:35:00Z", "2023-12-20T14:35:00.000Z",
                           "2023-12-20T15:35:00%2B01:00", "2023-12-20T15:35:00+01:00",
                           "2023-12-20%2014:35:00", "2023-12-20T14:35:00"}) {
    CAPTURE(time);
    CHECK(read_whole("lat=1&lon=2&timestamp=" + std::string(time)) ==
          Lines{"1: 1,2 time=2023-12-20T14:35:00.000Z"});
  }
}

TEST_CASE("a query that says it is not valid, or has no coordinates in it, is no fix") {
  CHECK(read_every_way("id=1&lat=1&lon=2&valid=false") == Lines{"1: skipped no fix"});
  CHECK(read_whole("id=1&lat=1&lon=2&valid=0") == Lines{"1: skipped no fix"});
  CHECK(read_whole("id=1&lat=1&lon=2&valid=true") == Lines{"1: 1,2 driver=1"});
  CHECK(read_whole("id=1&lat=1&lon=2&valid=1") == Lines{"1: 1,2 driver=1"});
  CHECK(read_whole("id=1&lat=&lon=&timestamp=1703082900") == Lines{"1: skipped no fix"});
  CHECK(read_whole("id=1&lat=0&lon=0") == Lines{"1: skipped no fix"});
}

TEST_CASE("a parameter that cannot be is named") {
  CHECK(read_whole("lat=north&lon=2") == Lines{"1: rejected lat must be a number, not 'north'"});
  CHECK(read_whole("lat=1").at(0).starts_with("1: rejected not recognised"));
  CHECK(read_whole("location=1") == Lines{"1: rejected lon is missing"});
  CHECK(read_whole("lat=1&lon=2&timestamp=noon").at(0).starts_with("1: rejected timestamp must be a time"));
  CHECK(read_whole("lat=91&lon=2") == Lines{"1: rejected latitude must be a number from -90 to 90"});
}

TEST_CASE("the speed of a query may be in another unit") {
  CHECK(read_whole("lat=1&lon=2&speed=11.575", {.speed_unit = SpeedUnit::mps}) ==
        Lines{"1: 1,2 speed=41.67"});
}

TEST_CASE("the Traccar Client's JSON becomes a position, its speed being in metres per second") {
  CHECK(
      read_every_way(
          R"({"location":{"timestamp":"2023-12-20T14:35:00.000Z","coords":{"latitude":43.6532,"longitude":-79.3832,"accuracy":4,"speed":11.575,"heading":180,"altitude":76.5},"is_moving":true,"odometer":5,"event":"motionchange","battery":{"level":1},"extras":{}},"device_id":"D-7"})") ==
      Lines{"1: 43.6532,-79.3832 heading=180 speed=41.67 accuracy=4 altitude=76.5 "
            "time=2023-12-20T14:35:00.000Z driver=D-7"});
}

TEST_CASE("-1 of the Traccar Client is unknown") {
  CHECK(
      read_whole(
          R"({"location":{"coords":{"latitude":1,"longitude":2,"accuracy":-1,"speed":-1,"heading":-1}}})") ==
      Lines{"1: 1,2"});
}

TEST_CASE("what is missing in the Traccar Client's JSON is named") {
  CHECK(read_whole(R"({"location":{"coords":{"latitude":1}}})") == Lines{"1: rejected longitude is missing"});
  CHECK(read_whole(R"({"location":{"coords":7}})") == Lines{"1: rejected coords must be an object"});
  CHECK(read_whole(R"({"device_id":"D-7"})", {.format = Format::traccar}) ==
        Lines{"1: rejected location must be an object"});
}

TEST_CASE("the driver of a query or of the client's JSON may come from another field") {
  CHECK(read_whole("id=1&lat=1&lon=2&driverUniqueId=D-7", {.driver_field = "driverUniqueId"}) ==
        Lines{"1: 1,2 driver=D-7"});
  CHECK(read_whole(R"({"location":{"coords":{"latitude":1,"longitude":2},"uuid":"u-1"},"device_id":"D-7"})",
                   {.driver_field = "uuid"}) == Lines{"1: 1,2 driver=u-1"});
}

}  // namespace
}  // namespace rt::gps
