// SPDX-License-Identifier: MIT
#include "gps/ndjson.h"

#include <utility>

#include "gps/verdict.h"

namespace rt::gps {
namespace {

std::expected<std::string, std::string> driver_of(const Fields& fields, const std::string& driver_field) {
  const auto* member =
      driver_field.empty() ? fields.find({"driverId", "driver"}) : fields.find({driver_field});
  if (member == nullptr) {
    return std::string{};
  }
  switch (member->type) {
    case model::JsonType::string:
      return member->text;
    case model::JsonType::number:  // devices like to be numbered
      return std::string(member->raw);
    default:
      return std::unexpected(member->key + " must be a string");
  }
}

}  // namespace

void Ndjson::take(std::size_t line, const Fields& fields) {
  const auto latitude = fields.number({"latitude", "lat"});
  const auto longitude = fields.number({"longitude", "lon", "lng"});
  const auto heading = fields.number({"heading", "bearing", "course"});
  const auto speed = fields.number({"speed"});
  const auto accuracy = fields.number({"accuracy"});
  const auto altitude = fields.number({"altitude", "alt"});
  for (const auto* value : {&latitude, &longitude, &heading, &speed, &accuracy, &altitude}) {
    if (!*value) {
      output_.rejected(line, value->error());
      return;
    }
  }
  const auto time = fields.time({"timestamp", "time", "ts"});
  if (!time) {
    output_.rejected(line, time.error());
    return;
  }
  auto driver = driver_of(fields, driver_field_);
  if (!driver) {
    output_.rejected(line, std::move(driver).error());
    return;
  }
  if (!*latitude || !*longitude) {
    output_.rejected(line, !*latitude ? "latitude is missing" : "longitude is missing");
    return;
  }
  give(output_, Fix{.position = {.latitude = **latitude,
                                 .longitude = **longitude,
                                 .heading = *heading,
                                 .speed = *speed,
                                 .accuracy = *accuracy,
                                 .altitude = *altitude,
                                 .time = *time},
                    .driver = *std::move(driver),
                    .line = line});
}

}  // namespace rt::gps
