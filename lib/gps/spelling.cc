// SPDX-License-Identifier: MIT
#include "gps/spelling.h"

#include <utility>

#include "base/text.h"
#include "gps/verdict.h"

namespace rt::gps {
namespace {

// "latitude is missing; did you mean it by 'latitud'?"
std::string missing(const Fields& fields, const Names& names) {
  std::string what = std::string(names.front()) + " is missing";
  if (const auto near = fields.misspelt(names); !near.empty()) {
    what += "; did you mean it by '" + base::printable(near, 40) + "'?";
  }
  return what;
}

}  // namespace

void give_fields(const Output& output, const Fields& fields, const Spelling& spelling,
                 const std::string& driver_field, std::size_t line) {
  const auto number = [&](const Names& names) { return fields.number(names, spelling.numbers); };
  const auto latitude = number(spelling.latitude);
  const auto longitude = number(spelling.longitude);
  const auto heading = number(spelling.heading);
  const auto speed = number(spelling.speed);
  const auto accuracy = number(spelling.accuracy);
  const auto altitude = number(spelling.altitude);
  for (const auto* value : {&latitude, &longitude, &heading, &speed, &accuracy, &altitude}) {
    if (!*value) {
      output.rejected(line, value->error());
      return;
    }
  }
  const auto time = fields.time(spelling.time, spelling.numbers);
  if (!time) {
    output.rejected(line, time.error());
    return;
  }
  auto driver = fields.label(driver_field.empty() ? spelling.driver : Names{driver_field});
  if (!driver) {
    output.rejected(line, std::move(driver).error());
    return;
  }
  if (!*latitude && !*longitude && spelling.missing == Missing::no_fix) {
    output.skipped(line, "no fix");
    return;
  }
  if (!*latitude || !*longitude) {
    output.rejected(line, missing(fields, !*latitude ? spelling.latitude : spelling.longitude));
    return;
  }
  const auto in_kmh = [&spelling](double value) { return to_kmh(value, spelling.speed_unit); };
  give(output, Fix{.position = {.latitude = **latitude,
                                .longitude = **longitude,
                                .heading = *heading,
                                .speed = speed->transform(in_kmh),
                                .accuracy = *accuracy,
                                .altitude = *altitude,
                                .time = *time},
                   .driver = *std::move(driver),
                   .line = line});
}

}  // namespace rt::gps
