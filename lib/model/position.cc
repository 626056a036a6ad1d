// SPDX-License-Identifier: MIT
#include "model/position.h"

#include <charconv>
#include <cmath>

#include "base/time_text.h"

namespace rt::model {

namespace {

using Values = std::array<std::optional<double>, k_position_fields.size()>;

// In the order of k_position_fields.
Values values_of(const Position& position) {
  return {position.latitude, position.longitude, position.heading,
          position.speed,    position.accuracy,  position.altitude};
}

// The shortest spelling that reads back, without an exponent where people would not write one.
void append_number(std::string& out, double value) {
  const double size = std::abs(value);
  const bool ordinary = size == 0 || (size >= 1e-9 && size < 1e15);
  std::array<char, 64> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value + 0.0,  // -0 becomes 0
                                 ordinary ? std::chars_format::fixed : std::chars_format::general)
                       .ptr;
  out.append(digits.data(), end);
}

}  // namespace

std::optional<std::string> check(Position& position) {
  const Values values = values_of(position);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const PositionField& field = k_position_fields[i];
    const bool in_range =
        !values[i] || (*values[i] >= field.min && *values[i] <= field.max);  // false for NaN
    if (!in_range) return std::string(field.name).append(" ").append(field.rule);
  }
  if (position.heading == k_full_circle) position.heading = 0;
  return std::nullopt;
}

std::string to_location_json(const Position& position) {
  const Values values = values_of(position);
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    out.append(out.empty() ? "{\"" : ",\"").append(k_position_fields[i].name).append("\":");
    append_number(out, *values[i]);
  }
  if (position.time) out.append(",\"timestamp\":\"").append(base::format_time(*position.time)).append("\"");
  return out.append("}");
}

}  // namespace rt::model
