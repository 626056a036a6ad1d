// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

TEST_CASE("a location of OwnTracks becomes a position, its tid the driver") {
  CHECK(
      read_every_way(
          R"({"_type":"location","acc":12,"alt":76,"batt":80,"cog":180,"conn":"m","lat":43.6532,"lon":-79.3832,"t":"u","tid":"D7","tst":1703082900,"vac":3,"vel":45})") ==
      Lines{"1: 43.6532,-79.3832 heading=180 speed=45 accuracy=12 altitude=76 "
            "time=2023-12-20T14:35:00.000Z driver=D7"});
}

TEST_CASE("OwnTracks' numbers may be strings") {
  CHECK(
      read_whole(
          R"({"_type":"location","lat":"43.6532","lon":"-79.3832","vel":"45","cog":"180","tst":"1703082900","tid":7})") ==
      Lines{"1: 43.6532,-79.3832 heading=180 speed=45 time=2023-12-20T14:35:00.000Z driver=7"});
  CHECK(read_whole(R"({"_type":"location","lat":"north","lon":"2"})") ==
        Lines{"1: rejected lat must be a number"});
}

TEST_CASE("a negative speed or course of OwnTracks is unknown") {
  CHECK(read_whole(R"({"_type":"location","lat":1,"lon":2,"vel":-1,"cog":-1})") == Lines{"1: 1,2"});
}

TEST_CASE("what OwnTracks encrypted is rejected with what to do about it") {
  CHECK(
      read_every_way(R"({"_type":"encrypted","data":"AAAA"})") ==
      Lines{"1: rejected encrypted by OwnTracks; rtpush cannot decrypt it, switch the app's encryption off"});
}

TEST_CASE("OwnTracks' other types are passed over in silence, also those with coordinates") {
  CHECK(read_every_way(R"({"_type":"lwt","tst":1703082900}
{"_type":"transition","lat":1,"lon":2,"event":"enter"}
{"_type":"waypoint","lat":1,"lon":2,"rad":50}
{"_type":"card","name":"D"})") == Lines{});
}

TEST_CASE("an object with coordinates and a _type of its own is not of OwnTracks") {
  CHECK(read_whole(R"({"_type":"van","lat":3,"lon":4})") == Lines{"1: 3,4"});
}

}  // namespace
}  // namespace rt::gps
