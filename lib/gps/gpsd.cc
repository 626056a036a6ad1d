// SPDX-License-Identifier: MIT
// Field names and units: gpsd_json(5).
#include "gps/gpsd.h"

#include <utility>

#include "gps/verdict.h"

namespace rt::gps {
namespace {

constexpr double k_mode_2d = 2;

}  // namespace

void Gpsd::take(std::size_t line, const Fields& fields) {
  if (fields.text("class") != "TPV") {
    return;
  }
  const auto mode = fields.number({"mode"});
  const auto latitude = fields.number({"lat"});
  const auto longitude = fields.number({"lon"});
  const auto heading = fields.number({"track"});
  const auto speed = fields.number({"speed"});
  const auto accuracy = fields.number({"eph"});
  const auto altitude = fields.number({"altMSL", "alt"});
  for (const auto* value : {&mode, &latitude, &longitude, &heading, &speed, &accuracy, &altitude}) {
    if (!*value) {
      output_.rejected(line, "TPV: " + value->error());
      return;
    }
  }
  const auto time = fields.time({"time"});
  if (!time) {
    output_.rejected(line, "TPV: " + time.error());
    return;
  }
  auto driver = driver_field_.empty() ? std::string{} : fields.label({driver_field_});
  if (!driver) {
    output_.rejected(line, "TPV: " + driver.error());
    return;
  }
  Report report{.device = std::string(fields.text("device")),
                .driver = *std::move(driver),
                .time = *time,
                .no_fix = mode->value_or(k_mode_2d) < k_mode_2d,
                .latitude = *latitude,
                .longitude = *longitude,
                .heading = *heading,
                .speed = *speed,
                .accuracy = *accuracy,
                .altitude = *altitude,
                .line = line};
  if (report.speed) {
    report.speed = to_kmh(*report.speed, SpeedUnit::mps);
  }
  if (pending_ && belongs_to_pending(report)) {
    merge(std::move(report));
    return;
  }
  flush();
  pending_ = std::move(report);
  given_out_.reset();
  skip_given_out_ = false;
}

// Equal times are one epoch. Before a receiver knows the date its reports have no time: then those that say
// the same position are one epoch, and so is the first with a time; and one that takes the fix back.
bool Gpsd::belongs_to_pending(const Report& report) const {
  if (report.device != pending_->device) {
    return false;
  }
  if (pending_->time) {
    return report.time == pending_->time;
  }
  if (pending_->no_fix || !pending_->latitude) {
    return false;
  }
  return report.no_fix ? !report.time
                       : report.latitude == pending_->latitude && report.longitude == pending_->longitude;
}

void Gpsd::merge(Report report) {
  const auto take_over = [](auto& to, const auto& from) {
    if (from) {
      to = from;
    }
  };
  pending_->line = report.line;
  pending_->no_fix = report.no_fix;
  take_over(pending_->time, report.time);
  take_over(pending_->latitude, report.latitude);
  take_over(pending_->longitude, report.longitude);
  take_over(pending_->heading, report.heading);
  take_over(pending_->speed, report.speed);
  take_over(pending_->accuracy, report.accuracy);
  take_over(pending_->altitude, report.altitude);
}

void Gpsd::flush() {
  if (!pending_) {
    return;
  }
  if (pending_->no_fix || !pending_->latitude || !pending_->longitude) {
    if (!skip_given_out_ && !given_out_) {
      skip_given_out_ = true;
      output_.skipped(pending_->line, "no fix");
    }
    return;
  }
  const model::Position position{.latitude = *pending_->latitude,
                                 .longitude = *pending_->longitude,
                                 .heading = pending_->heading,
                                 .speed = pending_->speed,
                                 .accuracy = pending_->accuracy,
                                 .altitude = pending_->altitude,
                                 .time = pending_->time};
  if (given_out_ && same(*given_out_, position)) {
    return;
  }
  given_out_ = position;
  give(output_, Fix{.position = position, .driver = pending_->driver, .line = pending_->line});
}

}  // namespace rt::gps
