// SPDX-License-Identifier: MIT
#include "gps/recorded.h"

#include <cstdio>

#include "base/time_text.h"

namespace rt::gps {
namespace {

std::string number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.12g", value);
  return text;
}

std::string describe(const Fix& fix) {
  const auto& position = fix.position;
  std::string text =
      std::to_string(fix.line) + ": " + number(position.latitude) + "," + number(position.longitude);
  const auto add = [&text](const char* name, const std::optional<double>& value) {
    if (value) {
      text += std::string(" ") + name + "=" + number(*value);
    }
  };
  add("heading", position.heading);
  add("speed", position.speed);
  add("accuracy", position.accuracy);
  add("altitude", position.altitude);
  if (position.time) {
    text += " time=" + base::format_time(*position.time);
  }
  if (!fix.driver.empty()) {
    text += " driver=" + fix.driver;
  }
  return text;
}

Lines read_cut(std::string_view input, const Options& options, std::size_t at) {
  Lines lines;
  const auto reader = recorded_reader(options, lines);
  reader->feed(input.substr(0, at));
  reader->feed(input.substr(at));
  reader->finish();
  return lines;
}

}  // namespace

std::unique_ptr<Reader> recorded_reader(const Options& options, Lines& lines) {
  return make_reader(options,
                     {
                         .fix = [&lines](Fix fix) { lines.push_back(describe(fix)); },
                         .skipped =
                             [&lines](std::size_t line, std::string_view reason) {
                               lines.push_back(std::to_string(line) + ": skipped " + std::string(reason));
                             },
                         .rejected =
                             [&lines](std::size_t line, std::string what) {
                               lines.push_back(std::to_string(line) + ": rejected " + what);
                             },
                         .doubtful =
                             [&lines](std::size_t line, std::string what) {
                               lines.push_back(std::to_string(line) + ": doubtful " + what);
                             },
                     });
}

Lines read_whole(std::string_view input, const Options& options) {
  return read_cut(input, options, input.size());
}

Lines read_every_way(std::string_view input, const Options& options) {
  auto whole = read_whole(input, options);
  for (std::size_t at = 0; at < input.size(); ++at) {
    CAPTURE(at);
    REQUIRE(read_cut(input, options, at) == whole);
  }
  Lines byte_by_byte;
  const auto reader = recorded_reader(options, byte_by_byte);
  for (const char byte : input) {
    reader->feed({&byte, 1});
  }
  reader->finish();
  REQUIRE(byte_by_byte == whole);
  return whole;
}

std::string sentence(std::string_view body) {
  unsigned checksum = 0;
  for (const char c : body) {
    checksum ^= static_cast<unsigned char>(c);
  }
  char tail[8];
  std::snprintf(tail, sizeof tail, "*%02X\n", checksum);
  return "$" + std::string(body) + tail;
}

}  // namespace rt::gps

doctest::String doctest::StringMaker<rt::gps::Lines>::convert(const rt::gps::Lines& lines) {
  std::string text = "\n";
  for (const auto& line : lines) {
    text += "    " + line + "\n";
  }
  return text.c_str();
}
