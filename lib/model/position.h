// SPDX-License-Identifier: MIT
// Position: where a driver is, as far as it is known. What is not known is left out, never 0.
// Pure value; any thread.
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rt::model {

struct Position {
  double latitude = 0;                                // degrees, WGS 84, -90..90
  double longitude = 0;                               // degrees, -180..180
  std::optional<double> heading = std::nullopt;       // degrees true, 0 <= heading < 360
  std::optional<double> speed = std::nullopt;         // km/h, >= 0
  std::optional<double> accuracy = std::nullopt;      // metres, >= 0
  std::optional<double> altitude = std::nullopt;      // metres above mean sea level
  std::optional<base::WallTime> time = std::nullopt;  // the device's
};

enum class Presence { required, optional };

// What each member of a position may be; `rule` completes "NAME ".
struct PositionField {
  std::string_view name;
  Presence presence;
  double min;
  double max;
  std::string_view rule;
};

inline constexpr std::array k_position_fields = {
    PositionField{"latitude", Presence::required, -90, 90, "must be a number from -90 to 90"},
    PositionField{"longitude", Presence::required, -180, 180, "must be a number from -180 to 180"},
    PositionField{"heading", Presence::optional, 0, 360, "must be a number of degrees from 0 to 360"},
    PositionField{"speed", Presence::optional, 0, std::numeric_limits<double>::max(),
                  "must be a number of km/h, 0 or more"},
    PositionField{"accuracy", Presence::optional, 0, std::numeric_limits<double>::max(),
                  "must be a number of metres, 0 or more"},
    PositionField{"altitude", Presence::optional, std::numeric_limits<double>::lowest(),
                  std::numeric_limits<double>::max(), "must be a number of metres"},
};
inline constexpr double k_full_circle = 360;

// Brings heading 360 to 0; an error names the first field that is out of range.
// (The result is empty when all is well.)
std::optional<std::string> check(Position& position);

// {"latitude":43.6532,"longitude":-79.3832,"heading":180,"speed":45.5,"accuracy":..,"altitude":..} then
// "timestamp" when `time` is set: the body of a POST to a driver's location. Shortest spelling that reads
// back.
std::string to_location_json(const Position& position);

}  // namespace rt::model
