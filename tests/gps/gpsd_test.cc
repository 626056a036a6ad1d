// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

TEST_CASE("a TPV object becomes a position in our units") {
  CHECK(
      read_every_way(
          R"({"class":"TPV","device":"/dev/ttyS0","mode":3,"time":"2019-03-12T10:51:54.408Z","ept":0.005,"lat":50.840201667,"lon":4.347113333,"altHAE":154.79,"altMSL":109.0,"alt":108.0,"track":348.36,"magtrack":349.71,"speed":11.575,"climb":0.1,"eph":42.75})") ==
      Lines{"1: 50.840201667,4.347113333 heading=348.36 speed=41.67 accuracy=42.75 altitude=109 "
            "time=2019-03-12T10:51:54.408Z"});
}

TEST_CASE("the magnetic track is no heading, and the older alt is an altitude") {
  CHECK(read_whole(R"({"class":"TPV","mode":3,"lat":1,"lon":2,"magtrack":10,"alt":7})") ==
        Lines{"1: 1,2 altitude=7"});
}

TEST_CASE("a position without a mode is one") {
  CHECK(read_whole(R"({"class":"TPV","lat":1,"lon":2})") == Lines{"1: 1,2"});
}

TEST_CASE("reports of one time are one fix, the newest value of each field") {
  CHECK(read_every_way(
            R"({"class":"TPV","mode":3,"time":"2019-03-12T10:51:54Z","lat":1,"lon":2,"speed":2,"altMSL":5}
{"class":"SKY","hdop":1}
{"class":"TPV","mode":3,"time":"2019-03-12T10:51:54.000Z","lat":1,"lon":2,"speed":1,"track":9}
{"class":"TPV","mode":3,"time":"2019-03-12T10:51:55Z","lat":1,"lon":3})") ==
        Lines{"3: 1,2 heading=9 speed=3.6 altitude=5 time=2019-03-12T10:51:54.000Z",
              "4: 1,3 time=2019-03-12T10:51:55.000Z"});
}

TEST_CASE("reports of different devices are different fixes") {
  CHECK(read_whole(R"({"class":"TPV","device":"a","mode":3,"time":"2019-03-12T10:51:54Z","lat":1,"lon":2}
{"class":"TPV","device":"b","mode":3,"time":"2019-03-12T10:51:54Z","lat":3,"lon":4})")
            .size() == 2);
}

TEST_CASE("the same position without, then with a time is one fix") {
  CHECK(read_every_way(R"({"class":"TPV","mode":3,"lat":1,"lon":2}
{"class":"TPV","mode":3,"lat":1,"lon":2,"altMSL":5}
{"class":"TPV","mode":3,"time":"2019-03-12T10:51:54Z","lat":1,"lon":2,"track":9}
)") == Lines{"3: 1,2 heading=9 altitude=5 time=2019-03-12T10:51:54.000Z"});
}

TEST_CASE("positions without a time that differ are fixes of their own") {
  CHECK(read_whole(R"({"class":"TPV","mode":3,"lat":1,"lon":2}
{"class":"TPV","mode":3,"lat":1,"lon":3})") == Lines{"1: 1,2", "2: 1,3"});
}

TEST_CASE("mode 0 and 1, or no coordinates whatever the mode, is no fix") {
  CHECK(read_every_way(R"({"class":"TPV","mode":1}
{"class":"TPV","mode":0,"lat":1,"lon":2}
{"class":"TPV","mode":3,"time":"2019-03-12T10:51:54Z"}
{"class":"TPV","mode":3,"lat":1}
)") == Lines{"1: skipped no fix", "2: skipped no fix", "3: skipped no fix", "4: skipped no fix"});
}

TEST_CASE("a report that takes the epoch's fix back wins") {
  CHECK(read_whole(R"({"class":"TPV","mode":3,"lat":1,"lon":2}
{"class":"TPV","mode":1})") == Lines{"2: skipped no fix"});
  CHECK(read_whole(R"({"class":"TPV","mode":3,"lat":1,"lon":2,"time":"2019-03-12T10:51:54Z"}
{"class":"TPV","mode":1,"time":"2019-03-12T10:51:54Z"})") == Lines{"2: skipped no fix"});
}

TEST_CASE("other classes are passed over in silence, also those with coordinates") {
  CHECK(read_every_way(R"({"class":"VERSION","release":"3.22","proto_major":3}
{"class":"DEVICES","devices":[]}
{"class":"AIS","lat":1,"lon":2}
{"class":"ERROR","message":"x"}
)") == Lines{});
}

TEST_CASE("a field of the wrong type is named") {
  CHECK(read_whole(R"({"class":"TPV","mode":3,"lat":"x","lon":2})") ==
        Lines{"1: rejected TPV: lat must be a number"});
  CHECK(read_whole(R"({"class":"TPV","mode":3,"lat":1,"lon":2,"time":"x"})")
            .at(0)
            .starts_with("1: rejected TPV: time"));
  CHECK(read_whole(R"({"class":"TPV","mode":3,"lat":1,"lon":200})") ==
        Lines{"1: rejected longitude must be a number from -180 to 180"});
}

TEST_CASE("quiet gives the pending fix out, and only what is new is given out again") {
  Lines lines;
  const auto reader = recorded_reader({}, lines);
  reader->feed("{\"class\":\"TPV\",\"mode\":3,\"time\":\"2019-03-12T10:51:54Z\",\"lat\":1,\"lon\":2}\n");
  CHECK(lines.empty());
  reader->flush();
  REQUIRE(lines.size() == 1);
  reader->flush();
  reader->feed("{\"class\":\"TPV\",\"mode\":3,\"time\":\"2019-03-12T10:51:54Z\",\"lat\":1,\"lon\":2}\n");
  reader->flush();
  CHECK(lines.size() == 1);
  reader->feed(
      "{\"class\":\"TPV\",\"mode\":3,\"time\":\"2019-03-12T10:51:54Z\",\"lat\":1,\"lon\":2,\"track\":9}\n");
  reader->finish();
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == "3: 1,2 heading=9 time=2019-03-12T10:51:54.000Z");
}

}  // namespace
}  // namespace rt::gps
