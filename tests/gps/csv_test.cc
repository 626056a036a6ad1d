// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

const Options k_csv{.format = Format::csv};

TEST_CASE("rows become positions by the names in the header row") {
  CHECK(read_every_way("Time,Latitude,Longitude,Speed,Heading,Altitude,Accuracy,DriverId,note\r\n"
                       "2023-12-20T14:35:00Z,43.6532,-79.3832,45.5,180,76.5,4,D-7,\"a, \"\"b\"\"\"\r\n"
                       "1703082901, 1 ,2\r\n",
                       k_csv) == Lines{"2: 43.6532,-79.3832 heading=180 speed=45.5 accuracy=4 altitude=76.5 "
                                       "time=2023-12-20T14:35:00.000Z driver=D-7",
                                       "3: 1,2 time=2023-12-20T14:35:01.000Z"});
}

TEST_CASE("semicolons and tabs separate too, and the byte order mark is no part of a name") {
  CHECK(read_every_way("lat;lng\n1;2\n", k_csv) == Lines{"2: 1,2"});
  CHECK(read_every_way("\xEF\xBB\xBFlat\tlong\n1\t2\n", k_csv) == Lines{"2: 1,2"});
  CHECK(read_every_way("\"lat\",\"lon\"\n\"1\",\"2\"\n", k_csv) == Lines{"2: 1,2"});
}

TEST_CASE("an empty cell is unknown, a row without coordinates no fix") {
  CHECK(read_every_way("lat,lon,speed,course,time\n1,2,,-1,\n,,5,,\n0,0,,,\n\n1,,,,\n", k_csv) ==
        Lines{"2: 1,2", "3: skipped no fix", "4: skipped no fix", "6: rejected longitude is missing"});
}

TEST_CASE("a time without an offset is UTC") {
  CHECK(read_whole("lat,lon,time\n1,2,2023-12-20 14:35:00\n", k_csv) ==
        Lines{"2: 1,2 time=2023-12-20T14:35:00.000Z"});
}

TEST_CASE("a bad row costs that row only") {
  CHECK(read_every_way("lat,lon\nx,2\n1,2,3\n\"1,2\n91,2\n1,2\n", k_csv) ==
        Lines{"2: rejected lat must be a number, not 'x'", "3: rejected 3 fields, but the header row has 2",
              "4: rejected a quoted field does not end on its line",
              "5: rejected latitude must be a number from -90 to 90", "6: 1,2"});
}

TEST_CASE("a header row without coordinates ends it, and a misspelt name is told") {
  CHECK(read_every_way("lattitude,lon\n1,2\n1,2\n", k_csv) ==
        Lines{"1: rejected the header row has no column 'latitude'; did you mean it by 'lattitude'?"});
  CHECK(read_whole("1,2\n3,4\n", k_csv) == Lines{"1: rejected the header row has no column 'latitude'"});
  CHECK(read_whole("lat,lon\n1,2\n", {.format = Format::csv, .driver_field = "van"}) ==
        Lines{"1: rejected the header row has no column 'van'"});
}

TEST_CASE("the driver may be in any column, the speed in any unit") {
  CHECK(read_whole("Van,lat,lon,speed\nD-7,1,2,22.5\n",
                   {.format = Format::csv, .driver_field = "Van", .speed_unit = SpeedUnit::knots}) ==
        Lines{"2: 1,2 speed=41.67 driver=D-7"});
}

TEST_CASE("two quotes in a quoted field are one") {
  CHECK(read_whole("driver,lat,lon\n\"a\"\"b,c\",1,2\n\"\"\"d\"\"\",3,4\n\"\",5,6\n", k_csv) ==
        Lines{"2: 1,2 driver=a\"b,c", "3: 3,4 driver=\"d\"", "4: 5,6"});
}

TEST_CASE("rows are counted, the header row is not") {
  Lines lines;
  const auto reader = recorded_reader(k_csv, lines);
  reader->feed("# from the van\nlat,lon\n1,2\n\n1,x\n\"\n");
  reader->finish();
  CHECK(reader->tally().count == 3);
  CHECK(reader->tally().unit == "lines");
}

TEST_CASE("CSV is never guessed, but the way to it is told") {
  const auto lines = read_whole("lat,lon\n1,2\n");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "1: rejected not recognised: 'lat,lon'; if this is CSV, say --format csv");
  CHECK(lines[1] == "2: rejected not recognised: '1,2'");
}

}  // namespace
}  // namespace rt::gps
