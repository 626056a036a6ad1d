// SPDX-License-Identifier: MIT
#include "gps/verdict.h"

#include <cmath>
#include <utility>

namespace rt::gps {

void give(const Output& output, Fix fix) {
  auto& position = fix.position;
  const auto forget_negative = [](std::optional<double>& value) {
    if (value && *value < 0) {
      value.reset();
    }
  };
  forget_negative(position.heading);
  forget_negative(position.speed);
  forget_negative(position.accuracy);

  if (position.latitude == 0 && position.longitude == 0) {
    output.skipped(fix.line, "no fix");
    return;
  }
  if (auto wrong = model::check(position)) {
    output.rejected(fix.line, *std::move(wrong));
    return;
  }
  output.fix(std::move(fix));
}

bool same(const model::Position& a, const model::Position& b) {
  return a.latitude == b.latitude && a.longitude == b.longitude && a.heading == b.heading &&
         a.speed == b.speed && a.accuracy == b.accuracy && a.altitude == b.altitude && a.time == b.time;
}

double round_degrees(double degrees) {
  return std::round(degrees * 1e9) / 1e9;
}

double to_kmh(double value, SpeedUnit unit) {
  const auto rounded = [](double kmh) { return std::round(kmh * 1e3) / 1e3; };
  switch (unit) {
    case SpeedUnit::kmh:
      break;
    case SpeedUnit::mps:
      return rounded(value * 3.6);
    case SpeedUnit::knots:
      return rounded(value * 1.852);
    case SpeedUnit::mph:
      return rounded(value * 1.609344);
  }
  return value;
}

}  // namespace rt::gps
