// SPDX-License-Identifier: MIT
// Native NDJSON: one JSON object a line with latitude/lat, longitude/lon/lng, and what else is known:
// heading/bearing/course, speed (km/h), accuracy, altitude/alt, timestamp/time/ts, driverId/driver.
// Pure; one instance per input, one thread.
#pragma once

#include <cstddef>
#include <string>

#include "gps/fields.h"
#include "gps/reader.h"

namespace rt::gps {

class Ndjson {
 public:
  // `output` outlives this.
  Ndjson(const Output& output, std::string driver_field)
      : output_(output), driver_field_(std::move(driver_field)) {}

  void take(std::size_t line, const Fields& fields);

 private:
  const Output& output_;
  std::string driver_field_;
};

}  // namespace rt::gps
