// SPDX-License-Identifier: MIT
// GeoJSON (RFC 7946): a Feature with a Point, or a Point alone, one a line; coordinates are longitude,
// latitude, altitude. What else is known stands in the properties, named as in native NDJSON. Who has swapped
// the coordinates is told so, once, where it shows; they are never swapped back. Pure; one instance per
// input.
#pragma once

#include <cstddef>

#include "gps/fields.h"
#include "gps/reader.h"

namespace rt::gps {

class GeoJson {
 public:
  GeoJson(const Output& output, const Options& options)
      : output_(output), options_(options) {}  // outlive this

  static bool recognises(const Fields& fields);
  void take(std::size_t line, const Fields& fields);

 private:
  void take_point(std::size_t line, Fields fields, const Fields& geometry);

  const Output& output_;
  const Options& options_;
  bool said_swapped_ = false;
};

}  // namespace rt::gps
