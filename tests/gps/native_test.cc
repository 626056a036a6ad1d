// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

const Options k_ndjson{.format = Format::ndjson};

TEST_CASE("each of a field's names is understood") {
  CHECK(
      read_every_way(
          R"({"latitude":43.6532,"longitude":-79.3832,"heading":180,"speed":45.5,"accuracy":4,"altitude":76.5,"timestamp":"2023-12-20T14:35:00Z","driverId":"D-7"}
{"lat":1,"lon":2,"bearing":3,"alt":4,"time":"2023-12-20T14:35:00.5+01:00","driver":"D-8"}
{"lat":1,"lng":2,"course":3,"ts":1703082900})") ==
      Lines{"1: 43.6532,-79.3832 heading=180 speed=45.5 accuracy=4 altitude=76.5 "
            "time=2023-12-20T14:35:00.000Z driver=D-7",
            "2: 1,2 heading=3 altitude=4 time=2023-12-20T13:35:00.500Z driver=D-8",
            "3: 1,2 heading=3 time=2023-12-20T14:35:00.000Z"});
}

TEST_CASE("a time may be in Unix seconds or milliseconds") {
  CHECK(read_whole(R"({"lat":1,"lon":2,"ts":1703082900.25})") ==
        Lines{"1: 1,2 time=2023-12-20T14:35:00.250Z"});
  CHECK(read_whole(R"({"lat":1,"lon":2,"ts":1703082900250})") ==
        Lines{"1: 1,2 time=2023-12-20T14:35:00.250Z"});
}

TEST_CASE("what is null or negative is unknown") {
  CHECK(read_whole(R"({"lat":1,"lon":2,"heading":null,"speed":-1,"accuracy":-1,"time":null})") ==
        Lines{"1: 1,2"});
  CHECK(read_whole(R"({"lat":1,"lon":2,"heading":-1})") == Lines{"1: 1,2"});
}

TEST_CASE("heading 360 is heading 0") {
  CHECK(read_whole(R"({"lat":1,"lon":2,"heading":360})") == Lines{"1: 1,2 heading=0"});
}

TEST_CASE("a bad line costs that line only, and is told with its number and field") {
  const auto lines = read_every_way(R"({"lat":1,"lon":2}
{"lat":91,"lon":2}
{"lat":"1","lon":2}
{"lat":1}
{"lon":1}
{"lat":1,"lon":2,"heading":361}
{"lat":1,"lon":2,"time":"yesterday"}
{"lat":1,"lon":2,"driver":[]}

{"lat":1,"lon":3})",
                                    k_ndjson);
  CHECK(lines == Lines{"1: 1,2", "2: rejected latitude must be a number from -90 to 90",
                       "3: rejected lat must be a number", "4: rejected longitude is missing",
                       "5: rejected latitude is missing",
                       "6: rejected heading must be a number of degrees from 0 to 360",
                       "7: rejected time must be a time like 2023-12-20T14:35:00Z, not 'yesterday'",
                       "8: rejected driver must be a string", "10: 1,3"});
}

TEST_CASE("what is no JSON object is rejected") {
  for (const char* line :
       {"{", "{\"lat\":1,}", "{\"lat\":1,\"lon\":NaN}", "{}{}", "[1,2]", "43.6,-79.3", "$GPRMC"}) {
    CAPTURE(line);
    const auto lines = read_every_way(line, k_ndjson);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("1: rejected "));
  }
}

TEST_CASE("0,0 is no fix, the rest of the equator and of Greenwich is") {
  CHECK(read_whole(R"({"lat":0,"lon":0.0})") == Lines{"1: skipped no fix"});
  CHECK(read_whole("{\"lat\":0,\"lon\":2}\n{\"lat\":1,\"lon\":0}") == Lines{"1: 0,2", "2: 1,0"});
}

TEST_CASE("the driver can be read from any field, also a number") {
  const Options options{.driver_field = "device"};
  CHECK(read_whole(R"({"lat":1,"lon":2,"device":"V-1","driver":"D-1"})", options) ==
        Lines{"1: 1,2 driver=V-1"});
  CHECK(read_whole(R"({"lat":1,"lon":2,"device":17})", options) == Lines{"1: 1,2 driver=17"});
  CHECK(read_whole(R"({"lat":1,"lon":2,"driver":"D-1"})", options) == Lines{"1: 1,2"});
}

}  // namespace
}  // namespace rt::gps
