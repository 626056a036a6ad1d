// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

const std::string k_rmc = sentence("GPRMC,123519,A,4807.038,N,01131.000,E,022.5,084.4,230394,003.1,W");
const std::string k_gga = sentence("GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,");

TEST_CASE("RMC and GGA of one time are one fix in our units") {
  CHECK(
      read_every_way(k_rmc + k_gga) ==
      Lines{"2: 48.1173,11.516666667 heading=84.4 speed=41.67 altitude=545.4 time=1994-03-23T12:35:19.000Z"});
  CHECK(
      read_whole(k_gga + k_rmc) ==
      Lines{"2: 48.1173,11.516666667 heading=84.4 speed=41.67 altitude=545.4 time=1994-03-23T12:35:19.000Z"});
}

TEST_CASE("a new time begins a new fix, also within a second") {
  CHECK(read_every_way(sentence("GNRMC,055234.200,A,4739.71890,N,12219.58362,W,0.00,286.35,050826,,,A,V") +
                       sentence("GNVTG,286.35,T,,M,0.00,N,0.00,K,A") +
                       sentence("GNRMC,055234.400,A,4739.71890,N,12219.58361,W,0.00,,050826,,,A,V")) ==
        Lines{"2: 47.661981667,-122.326393667 heading=286.35 speed=0 time=2026-08-05T05:52:34.200Z",
              "3: 47.661981667,-122.3263935 speed=0 time=2026-08-05T05:52:34.400Z"});
}

TEST_CASE("VTG fills in what RMC leaves empty, and no more") {
  CHECK(read_whole(sentence("GPRMC,123519,A,0100.0,N,00200.0,E,,,230394,,") +
                   sentence("GPVTG,54.7,T,34.4,M,5.5,N,10.2,K")) ==
        Lines{"2: 1,2 heading=54.7 speed=10.186 time=1994-03-23T12:35:19.000Z"});
  CHECK(read_whole(sentence("GPRMC,123519,A,0100.0,N,00200.0,E,10,20,230394,,") +
                   sentence("GPVTG,54.7,T,34.4,M,5.5,N,10.2,K")) ==
        Lines{"2: 1,2 heading=20 speed=18.52 time=1994-03-23T12:35:19.000Z"});
  CHECK(read_whole(sentence("GPRMC,123519,A,0100.0,N,00200.0,E,,,230394,,") +
                   sentence("GPVTG,,T,34.4,M,,N,10.2,K")) ==
        Lines{"2: 1,2 speed=10.2 time=1994-03-23T12:35:19.000Z"});
}

TEST_CASE("a VTG before any time belongs to nothing") {
  CHECK(read_whole(sentence("GPVTG,54.7,T,34.4,M,5.5,N,10.2,K") +
                   sentence("GPGGA,123519,0100.0,N,00200.0,E,1,08,0.9,5,M,,M,,")) ==
        Lines{"2: 1,2 altitude=5"});
}

TEST_CASE("every talker is understood, and a Garmin PGRMC is no RMC") {
  for (const char* talker : {"GP", "GN", "GL", "GA", "BD", "II"}) {
    CHECK(read_whole(sentence(std::string(talker) + "RMC,123519,A,0100.0,N,00200.0,E,,,230394,,")).size() ==
          1);
  }
  CHECK(read_whole(sentence("PGRMC,A,218.8,100,6378137.000,298.257223563,0.0,0.0,0.0,A,3,1,1,4,30")) ==
        Lines{});
}

TEST_CASE("status V or quality 0 in any sentence of the epoch is no fix") {
  CHECK(read_every_way(sentence("GPRMC,125106,V,3854.5087,N,07726.4523,W,0.0,0.0,241011,10.5,W,S") +
                       sentence("GPGGA,125106,3854.5087,N,07726.4523,W,8,10,2.0,268.8,M,-33.9,M,,")) ==
        Lines{"2: skipped no fix"});
  CHECK(read_whole(k_rmc + sentence("GPGGA,123519,4807.038,N,01131.000,E,0,08,0.9,545.4,M,46.9,M,,")) ==
        Lines{"2: skipped no fix"});
  CHECK(read_whole(sentence("GPRMC,123519,A,4807.038,N,01131.000,E,0,,230394,,,N")) ==
        Lines{"1: skipped no fix"});
}

TEST_CASE("a receiver without time or fix is told from cycle to cycle") {
  const auto cycle = sentence("GPGGA,,,,,,0,,,,M,,M,,") + sentence("GPGSA,A,1,,,,,,,,,,,,,,,") +
                     sentence("GPRMC,,V,,,,,,,,,,N");
  CHECK(read_every_way(cycle + cycle) == Lines{"3: skipped no fix", "6: skipped no fix"});
}

TEST_CASE("without a date the time stays absent") {
  CHECK(read_whole(k_gga) == Lines{"1: 48.1173,11.516666667 altitude=545.4"});
  CHECK(read_whole(sentence("GPRMC,123519,A,0100.0,N,00200.0,E,,,000000,,")) == Lines{"1: 1,2"});
}

TEST_CASE("a date once known goes on to GGA, over midnight too, and can come from ZDA") {
  CHECK(read_every_way(sentence("GPRMC,235959,A,0100.0,N,00200.0,E,,,311223,,") +
                       sentence("GPGGA,000000,0100.0,N,00200.1,E,1,08,0.9,5,M,,M,,")) ==
        Lines{"1: 1,2 time=2023-12-31T23:59:59.000Z",
              "2: 1,2.001666667 altitude=5 time=2024-01-01T00:00:00.000Z"});
  CHECK(read_whole(sentence("GPRMC,000000,A,0100.0,N,00200.0,E,,,010124,,") +
                   sentence("GPGGA,235959,0100.0,N,00200.1,E,1,08,0.9,5,M,,M,,")) ==
        Lines{"1: 1,2 time=2024-01-01T00:00:00.000Z",
              "2: 1,2.001666667 altitude=5 time=2023-12-31T23:59:59.000Z"});
  CHECK(read_whole(sentence("GPZDA,123518,23,03,1994,00,00") + k_gga) ==
        Lines{"2: 48.1173,11.516666667 altitude=545.4 time=1994-03-23T12:35:19.000Z"});
  CHECK(read_whole(k_gga + sentence("GPZDA,123519,23,03,1994,00,00")) ==
        Lines{"2: 48.1173,11.516666667 altitude=545.4 time=1994-03-23T12:35:19.000Z"});
}

TEST_CASE("two digits of a year are 1980 to 2079") {
  CHECK(read_whole(sentence("GPRMC,000000,A,0100.0,N,00200.0,E,,,010180,,")) ==
        Lines{"1: 1,2 time=1980-01-01T00:00:00.000Z"});
  CHECK(read_whole(sentence("GPRMC,000000,A,0100.0,N,00200.0,E,,,311279,,")) ==
        Lines{"1: 1,2 time=2079-12-31T00:00:00.000Z"});
}

TEST_CASE("a wrong or missing checksum is rejected by the sentence's name, and costs that line only") {
  auto wrong = k_rmc;
  wrong[10] = '9';
  auto cut = k_rmc.substr(0, 40) + "\n";
  CHECK(read_every_way(wrong + cut + k_gga) == Lines{"1: rejected GPRMC: the checksum is wrong",
                                                     "2: rejected GPRMC: the checksum is missing",
                                                     "3: 48.1173,11.516666667 altitude=545.4"});
  CHECK(read_whole("$GPGSV,1,1,00*00\n") == Lines{"1: rejected GPGSV: the checksum is wrong"});
  CHECK(read_whole("$\n!\n") == Lines{"1: rejected sentence: the checksum is missing",
                                      "2: rejected sentence: the checksum is missing"});
}

TEST_CASE("the checksum may be in small letters") {
  auto small = k_rmc;
  for (std::size_t i = small.size() - 3; i < small.size(); ++i) {
    small[i] = static_cast<char>(std::tolower(small[i]));
  }
  CHECK(read_whole(small).at(0).starts_with("1: 48.1173"));
}

TEST_CASE("a field that cannot be is named") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"GPRMC,126019,A,0100.0,N,00200.0,E,,,230394,,", "GPRMC: time '126019' is none"},
      {"GPRMC,123519,A,0160.0,N,00200.0,E,,,230394,,", "GPRMC: latitude '0160.0' is none"},
      {"GPRMC,123519,A,9100.0,N,00200.0,E,,,230394,,", "GPRMC: latitude '9100.0' is none"},
      {"GPRMC,123519,A,0100.0,X,00200.0,E,,,230394,,", "GPRMC: hemisphere 'X' is none"},
      {"GPRMC,123519,A,0100.0,N,,,,,230394,,", "GPRMC: longitude '' is none"},
      {"GPRMC,123519,A,0100.0,N,18100.0,E,,,230394,,", "GPRMC: longitude '18100.0' is none"},
      {"GPRMC,123519,A,-100.0,N,00200.0,E,,,230394,,", "GPRMC: latitude '-100.0' is none"},
      {"GPRMC,123519,A,0100.0,N,00200.0,E,fast,,230394,,", "GPRMC: speed 'fast' is none"},
      {"GPRMC,123519,A,0100.0,N,00200.0,E,,,320194,,", "GPRMC: date '320194' is none"},
      {"GPGGA,123519,0100.0,N,00200.0,E,1,08,0.9,high,M,,M,,", "GPGGA: altitude 'high' is none"},
  };
  for (const auto& [body, what] : cases) {
    CHECK(read_whole(sentence(body)) == Lines{"1: rejected " + what});
  }
}

TEST_CASE("comments, JSON and other sentences in between are passed over in silence") {
  CHECK(
      read_every_way("# "
                     "recorded\n{\"class\":\"VERSION\",\"release\":\"3.22\"}\n{\"class\":\"WATCH\","
                     "\"enable\":true}\r\n" +
                     k_rmc + "!AIVDM,1,1,,A,14eG;o@034o8sd<L9i:a;WF>062D,0*7D\n" + k_gga) ==
      Lines{"6: 48.1173,11.516666667 heading=84.4 speed=41.67 altitude=545.4 time=1994-03-23T12:35:19.000Z"});
}

TEST_CASE("0,0 is no fix") {
  CHECK(read_whole(sentence("GPRMC,123519,A,0000.000,N,00000.000,E,0,0,230394,,")) ==
        Lines{"1: skipped no fix"});
}

TEST_CASE("quiet gives the pending fix out, and only what is new is given out again") {
  Lines lines;
  const auto reader = recorded_reader({}, lines);
  reader->feed(k_rmc);
  CHECK(lines.empty());
  reader->flush();
  REQUIRE(lines.size() == 1);
  reader->feed(k_rmc);
  reader->flush();
  CHECK(lines.size() == 1);
  reader->feed(k_gga);
  reader->finish();
  CHECK(lines.size() == 2);
}

}  // namespace
}  // namespace rt::gps
