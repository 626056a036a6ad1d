// SPDX-License-Identifier: MIT
// Spelling: how a format with named fields spells a position, and the reading of one by it. What such formats
// have in common is here; their traps are in the files of the formats. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "gps/fields.h"
#include "gps/reader.h"

namespace rt::gps {

// What a line without coordinates is.
enum class Missing : std::uint8_t { rejected, no_fix };

struct Spelling {
  Names latitude, longitude, heading, speed, accuracy, altitude, time, driver;
  SpeedUnit speed_unit = SpeedUnit::kmh;
  NumberForm numbers = NumberForm::number;
  Missing missing = Missing::rejected;
};

// The names of native NDJSON, which GeoJSON's properties and tables use too.
inline constexpr Spelling k_native = {
    .latitude = {"latitude", "lat"},
    .longitude = {"longitude", "lon", "lng"},
    .heading = {"heading", "bearing", "course"},
    .speed = {"speed"},
    .accuracy = {"accuracy"},
    .altitude = {"altitude", "alt"},
    .time = {"timestamp", "time", "ts"},
    .driver = {"driverId", "driver"},
};

// Reads the fix that `fields` say and gives it out, skips or rejects it. `driver_field`, when not empty,
// takes the place of the spelling's driver.
void give_fields(const Output& output, const Fields& fields, const Spelling& spelling,
                 const std::string& driver_field, std::size_t line);

}  // namespace rt::gps
