// SPDX-License-Identifier: MIT
// One NMEA 0183 sentence, checked and read: the half of the format that has no memory. nmea.h puts the
// sentences of one epoch together. Pure; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace rt::gps {

enum class SentenceType : std::uint8_t { rmc, gga, vtg, zda };

struct Coordinates {
  double latitude = 0, longitude = 0;
};

// What the sentence says; what it leaves empty is absent.
struct Sentence {
  SentenceType type = SentenceType::rmc;
  bool no_fix = false;
  std::optional<std::chrono::milliseconds> time_of_day;
  std::optional<std::chrono::sys_days> date;
  std::optional<Coordinates> coordinates;
  std::optional<double> speed;     // km/h
  std::optional<double> heading;   // degrees true
  std::optional<double> altitude;  // metres above mean sea level
};

// `text` begins with '$' or '!'. Nothing for a sound sentence of a type that says nothing about a position.
// The error names the sentence and the field.
std::expected<std::optional<Sentence>, std::string> parse_sentence(std::string_view text);

}  // namespace rt::gps
