// SPDX-License-Identifier: MIT
// gpsd's JSON (`gpspipe -w`): TPV objects. gpsd reports one epoch several times, each time with more fields,
// so that the reports of one epoch are merged and given out when the next begins. Every other class is
// passed over. Pure; one instance per input, one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "gps/fields.h"
#include "gps/reader.h"

namespace rt::gps {

class Gpsd {
 public:
  // `output` outlives this. `driver_field`: the member that names the driver; empty: none does.
  Gpsd(const Output& output, std::string driver_field)
      : output_(output), driver_field_(std::move(driver_field)) {}

  void take(std::size_t line, const Fields& fields);
  // Gives out the pending fix, which stays to be merged with.
  void flush();

 private:
  // One epoch, or one TPV object of it.
  struct Report {
    std::string device, driver;
    std::optional<base::WallTime> time;
    bool no_fix = false;  // what the newest report of the epoch says
    std::optional<double> latitude, longitude;
    std::optional<double> heading, speed, accuracy, altitude;
    std::size_t line = 0;
  };

  bool belongs_to_pending(const Report& report) const;
  void merge(Report report);

  const Output& output_;
  std::string driver_field_;
  std::optional<Report> pending_;
  std::optional<model::Position> given_out_;  // of pending_
  bool skip_given_out_ = false;
};

}  // namespace rt::gps
