// SPDX-License-Identifier: MIT
#include "gps/reader.h"

#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

const std::string k_rmc = sentence("GPRMC,123519,A,0100.0,N,00200.0,E,,,230394,,");

TEST_CASE("each line is recognised for itself") {
  CHECK(read_every_way("{\"lat\":3,\"lon\":4}\n" + k_rmc +
                       "{\"class\":\"TPV\",\"mode\":2,\"lat\":5,\"lon\":6}\nhello\n") ==
        Lines{"1: 3,4", "4: rejected not recognised: 'hello'", "3: 5,6",
              "2: 1,2 time=1994-03-23T12:35:19.000Z"});
}

TEST_CASE("UTF-16 is told by its mark") {
  for (const std::string_view input : {"\xFF\xFE{", "\xFE\xFF{"}) {
    CHECK(read_whole(input) ==
          Lines{"1: rejected this is UTF-16; iconv -f UTF-16 -t UTF-8 makes of it what can be read"});
  }
}

TEST_CASE("an object with coordinates and a class of its own is no report of gpsd") {
  CHECK(read_whole("{\"class\":\"van\",\"lat\":3,\"lon\":4}") == Lines{"1: 3,4"});
}

TEST_CASE("an input that starts with '<' is GPX, after a byte order mark and space too") {
  const std::string gpx = "<gpx><trk><trkseg><trkpt lat='1' lon='2'/></trkseg></trk></gpx>";
  CHECK(read_every_way(gpx) == Lines{"1: 1,2"});
  CHECK(read_every_way("\xEF\xBB\xBF" + gpx) == Lines{"1: 1,2"});
  CHECK(read_every_way("\n " + gpx) == Lines{"2: 1,2"});
  CHECK(read_every_way("\xEF\xBB\xBF{\"lat\":3,\"lon\":4}") == Lines{"1: 3,4"});
}

TEST_CASE("a chosen format reads nothing else") {
  const std::string mixed = k_rmc + "{\"class\":\"TPV\",\"mode\":2,\"lat\":5,\"lon\":6}\n";
  CHECK(read_every_way(mixed, {.format = Format::nmea}) == Lines{"1: 1,2 time=1994-03-23T12:35:19.000Z"});
  CHECK(read_every_way(mixed, {.format = Format::gpsd}) == Lines{"2: 5,6"});
  CHECK(read_every_way(mixed, {.format = Format::ndjson}) ==
        Lines{"1: rejected NMEA where another format was expected", "2: 5,6"});
}

TEST_CASE("a line over 64 KiB costs that line only") {
  const std::string line(k_line_bytes_max + 1, 'a');
  CHECK(read_whole(line + "\n{\"lat\":3,\"lon\":4}") ==
        Lines{"1: rejected the line is longer than 64 KiB", "2: 3,4"});
}

TEST_CASE("an empty or blank input gives nothing") {
  CHECK(read_every_way("") == Lines{});
  CHECK(read_every_way("\r\n \n\t") == Lines{});
}

TEST_CASE("lines that are not blank are counted, and points of GPX") {
  Lines lines;
  auto reader = recorded_reader({}, lines);
  reader->feed("{\"lat\":3,\"lon\":4}\n\n# c\nbad");
  reader->finish();
  CHECK(reader->tally().count == 3);
  CHECK(reader->tally().unit == "lines");
  reader = recorded_reader({}, lines);
  reader->feed("<gpx><trk><trkseg><trkpt lat='1' lon='2'/>\n<trkpt/></trkseg></trk></gpx>");
  CHECK(reader->tally().count == 2);
  CHECK(reader->tally().unit == "points");
}

}  // namespace
}  // namespace rt::gps
