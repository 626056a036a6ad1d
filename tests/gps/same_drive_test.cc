// SPDX-License-Identifier: MIT
// One drive, written as each of the formats writes it, comes to the same positions.
#include <doctest/doctest.h>

#include <array>
#include <cstdio>

#include "gps/recorded.h"

namespace rt::gps {
namespace {

struct Moment {
  int second;
  double minutes_north, minutes_west;  // beyond 43 and 79 degrees, as NMEA has them
  int course;
  double knots;
  double altitude;

  double latitude() const { return 43 + minutes_north / 60; }
  double longitude() const { return -(79 + minutes_west / 60); }
};

// The speeds are whole in knots and, to three decimals, in metres per second and km/h.
constexpr std::array k_drive = {Moment{0, 39.192, 22.992, 180, 22.5, 76.5},
                                Moment{1, 39.186, 22.998, 185, 45.0, 76.25},
                                Moment{2, 39.18, 23.004, 0, 0.0, 77.0}};

template <class... Values>
std::string text(const char* format, Values... values) {
  std::array<char, 600> line{};
  std::snprintf(line.data(), line.size(), format, values...);
  return line.data();
}

template <class Write>
std::string written(Write write) {
  std::string all;
  for (const auto& moment : k_drive) {
    all += write(moment);
  }
  return all;
}

// Without the line numbers.
Lines positions(const std::string& input, const Options& options = {}) {
  auto lines = read_whole(input, options);
  for (auto& line : lines) {
    line.erase(0, line.find(": ") + 2);
  }
  return lines;
}

const Lines k_positions = {
    "43.6532,-79.3832 heading=180 speed=41.67 altitude=76.5 time=2023-12-20T14:35:00.000Z",
    "43.6531,-79.3833 heading=185 speed=83.34 altitude=76.25 time=2023-12-20T14:35:01.000Z",
    "43.653,-79.3834 heading=0 speed=0 altitude=77 time=2023-12-20T14:35:02.000Z"};

std::string gpsd_line(const Moment& m) {
  return text(
      "{\"class\":\"TPV\",\"mode\":3,\"time\":\"2023-12-20T14:35:%02d.000Z\",\"lat\":%.7f,\"lon\":%.7f,"
      "\"track\":%d,\"speed\":%.3f,\"altMSL\":%.2f}\n",
      m.second, m.latitude(), m.longitude(), m.course, m.knots * 1.852 / 3.6, m.altitude);
}

std::string nmea_lines(const Moment& m) {
  const auto place = text("43%07.4f,N,079%07.4f,W", m.minutes_north, m.minutes_west);
  return sentence(
             text("GPRMC,1435%02d,A,%s,%.1f,%d,201223,,,A", m.second, place.c_str(), m.knots, m.course)) +
         sentence(text("GPGGA,1435%02d,%s,1,08,0.9,%.2f,M,-36,M,,", m.second, place.c_str(), m.altitude));
}

TEST_CASE("gpsd's JSON and the receiver's NMEA are the same drive") {
  CHECK(positions(written(gpsd_line)) == k_positions);
  CHECK(positions(written(nmea_lines)) == k_positions);
}

TEST_CASE("what phones send is the same drive") {
  CHECK(positions(written([](const Moment& m) {
          return text(
              "{\"_type\":\"location\",\"tst\":%d,\"lat\":%.7f,\"lon\":%.7f,\"cog\":%d,\"vel\":%.2f,"
              "\"alt\":%.2f}\n",
              1703082900 + m.second, m.latitude(), m.longitude(), m.course, m.knots * 1.852, m.altitude);
        })) == k_positions);
  CHECK(positions(written([](const Moment& m) {
          return text("/?timestamp=%d&lat=%.7f&lon=%.7f&bearing=%d&speed=%.1f&altitude=%.2f\n",
                      1703082900 + m.second, m.latitude(), m.longitude(), m.course, m.knots, m.altitude);
        })) == k_positions);
  CHECK(positions(written([](const Moment& m) {
          return text(
              "{\"location\":{\"timestamp\":\"2023-12-20T14:35:%02dZ\",\"coords\":{\"latitude\":%.7f,"
              "\"longitude\":%.7f,\"heading\":%d,\"speed\":%.3f,\"altitude\":%.2f}}}\n",
              m.second, m.latitude(), m.longitude(), m.course, m.knots * 1.852 / 3.6, m.altitude);
        })) == k_positions);
}

TEST_CASE("what maps and tables hold is the same drive") {
  CHECK(positions(written([](const Moment& m) {
          return text(
              "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f,%.2f]},"
              "\"properties\":{\"time\":%d,\"course\":%d,\"speed\":%.2f}}\n",
              m.longitude(), m.latitude(), m.altitude, 1703082900 + m.second, m.course, m.knots * 1.852);
        })) == k_positions);
  CHECK(positions("<gpx version='1.0'><trk><trkseg>\n" + written([](const Moment& m) {
                    return text(
                        "<trkpt lat='%.7f' lon='%.7f'><ele>%.2f</ele><time>2023-12-20T14:35:%02dZ</time>"
                        "<course>%d</course><speed>%.3f</speed></trkpt>\n",
                        m.latitude(), m.longitude(), m.altitude, m.second, m.course, m.knots * 1.852 / 3.6);
                  }) +
                  "</trkseg></trk></gpx>") == k_positions);
  CHECK(positions("time,lat,lon,heading,speed,alt\n" + written([](const Moment& m) {
                    return text("2023-12-20T14:35:%02dZ,%.7f,%.7f,%d,%.1f,%.2f\n", m.second, m.latitude(),
                                m.longitude(), m.course, m.knots, m.altitude);
                  }),
                  {.format = Format::csv, .speed_unit = SpeedUnit::knots}) == k_positions);
}

TEST_CASE("all formats that can be told apart may stand in one input") {
  CHECK(positions(gpsd_line(k_drive[0]) + nmea_lines(k_drive[1]) +
                  "lat=43.653&lon=-79.3834&timestamp=1703082902&bearing=0&speed=0&altitude=77\n") ==
        Lines{k_positions[2], k_positions[0], k_positions[1]});
}

}  // namespace
}  // namespace rt::gps
