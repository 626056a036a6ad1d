// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

std::string track(const std::string& points) {
  return "<?xml version=\"1.0\"?>\n<gpx version=\"1.1\" xmlns=\"http://www.topografix.com/GPX/1/1\">"
         "<metadata><time>2020-01-01T00:00:00Z</time></metadata><trk><name>a</name><trkseg>\n" +
         points + "</trkseg></trk></gpx>\n";
}

TEST_CASE("track points become positions as they stand") {
  CHECK(read_every_way(track("<trkpt lat=\"45.2735188510\" lon=\"13.7142099626\"><ele>211.15</ele>"
                             "<time>2020-12-18T06:15:50Z</time></trkpt>\n<trkpt lon='14' lat='46'/>")) ==
        Lines{"3: 45.273518851,13.7142099626 altitude=211.15 time=2020-12-18T06:15:50.000Z", "4: 46,14"});
}

TEST_CASE("speed and course are taken where the document has them, in metres per second") {
  CHECK(read_whole(track("<trkpt lat='1' lon='2'><time>2020-12-18T06:15:50Z</time><course>90</course>"
                         "<speed>11.575</speed></trkpt>")) ==
        Lines{"3: 1,2 heading=90 speed=41.67 time=2020-12-18T06:15:50.000Z"});
  CHECK(read_whole(track(
            "<trkpt lat='1' lon='2'><extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>1</gpxtpx:speed>"
            "<gpxtpx:course>7</gpxtpx:course></gpxtpx:TrackPointExtension></extensions></trkpt>")) ==
        Lines{"3: 1,2 heading=7 speed=3.6"});
  CHECK(read_whole(track("<trkpt lat='1' lon='2'><course>-1</course><speed>-1</speed></trkpt>")) ==
        Lines{"3: 1,2"});
}

TEST_CASE("heading and speed are not made up from the points") {
  CHECK(read_whole(track("<trkpt lat='1' lon='2'><time>2020-12-18T06:15:50Z</time></trkpt>\n"
                         "<trkpt lat='1' lon='3'><time>2020-12-18T06:25:50Z</time></trkpt>")) ==
        Lines{"3: 1,2 time=2020-12-18T06:15:50.000Z", "4: 1,3 time=2020-12-18T06:25:50.000Z"});
}

TEST_CASE("waypoints are passed over, and a route counts only where there is no track") {
  const std::string route = "<gpx><wpt lat='1' lon='1'><ele>3</ele></wpt><rte><rtept lat='2' lon='2'/></rte>";
  CHECK(read_every_way(route + "</gpx>") == Lines{"1: 2,2"});
  CHECK(read_every_way(route + "<trk><trkseg><trkpt lat='3' lon='3'/></trkseg></trk></gpx>") ==
        Lines{"1: 3,3"});
  CHECK(read_every_way("<gpx><trk><trkseg><trkpt lat='3' lon='3'/></trkseg></trk>"
                       "<rte><rtept lat='2' lon='2'/></rte></gpx>") == Lines{"1: 3,3"});
}

TEST_CASE("a bad point costs that point only, and is told with its line and field") {
  CHECK(read_every_way(track(
            "<trkpt lat='x' lon='2'/>\n<trkpt lon='2'/>\n<trkpt lat='1' lon='181'/>\n"
            "<trkpt lat='1' lon='2'><time>noon</time></trkpt>\n<trkpt lat='1' lon='2'><ele>up</ele></trkpt>\n"
            "<trkpt lat='0' lon='0'/>\n<trkpt lat='1' lon='2'/>")) ==
        Lines{"3: rejected lat 'x' cannot be read", "4: rejected lat is missing",
              "5: rejected longitude must be a number from -180 to 180",
              "6: rejected time 'noon' cannot be read", "7: rejected ele 'up' cannot be read",
              "8: skipped no fix", "9: 1,2"});
}

TEST_CASE("a time without a zone is UTC") {
  CHECK(read_whole(track("<trkpt lat='1' lon='2'><time> 2020-12-18T06:15:50 </time></trkpt>")) ==
        Lines{"3: 1,2 time=2020-12-18T06:15:50.000Z"});
}

TEST_CASE("a document type is refused, hence entities too") {
  CHECK(read_every_way("<!DOCTYPE gpx [<!ENTITY a \"1\">]>\n<gpx><trk><trkseg><trkpt lat='1' "
                       "lon='2'/></trkseg></trk></gpx>") ==
        Lines{"1: rejected a document type (DOCTYPE) is not accepted"});
  CHECK(read_whole("<gpx><trk>&a;</trk></gpx>") ==
        Lines{"1: rejected not well-formed XML: undefined entity"});
}

TEST_CASE("what is not GPX is told") {
  CHECK(read_whole("<html><body>no</body></html>") == Lines{"1: rejected not GPX: the document is <html>"});
  CHECK(read_whole("<gpx><trk></gpx>") == Lines{"1: rejected not well-formed XML: mismatched tag"});
  CHECK(read_whole("", {.format = Format::gpx}) == Lines{"1: rejected the document ends before its end tag"});
}

TEST_CASE("a document that is cut gives what it has and is told") {
  CHECK(read_every_way("<gpx><trk><trkseg><trkpt lat='1' lon='2'/>\n<trkpt lat='1'") ==
        Lines{"1: 1,2", "2: rejected the document ends before its end tag"});
}

TEST_CASE("depth and the length of a tag are bounded") {
  std::string deep = "<gpx>";
  for (int i = 0; i < 40; ++i) {
    deep += "<a>";
  }
  CHECK(read_whole(deep) == Lines{"1: rejected elements are nested more than 32 deep"});
  for (const std::string start : {"<gpx><!--", "<gpx a='", "<gpx><a>", "<"}) {
    CAPTURE(start);
    Lines lines;
    const auto reader = recorded_reader({}, lines);
    reader->feed(start);
    for (int i = 0; i < 40; ++i) {
      reader->feed(std::string(10'000, 'a'));
    }
    if (start == "<gpx><a>") {
      CHECK(lines == Lines{});
    } else {
      CHECK(lines == Lines{"1: rejected a tag or comment is longer than 64 KiB"});
    }
  }
}

}  // namespace
}  // namespace rt::gps
