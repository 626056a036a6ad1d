// SPDX-License-Identifier: MIT
#include "base/time_text.h"
#include "cli/exit_code.h"
#include "model/position.h"
#include "rtpush/publish_one.h"
#include "rtpush/run.h"

namespace rt::rtpush {

int run_driver(const Options& options) {
  limit_time(options);
  const auto& driver = options.driver;
  model::Position position{.latitude = driver.latitude,
                           .longitude = driver.longitude,
                           .heading = driver.heading,
                           .speed = driver.speed,
                           .accuracy = std::nullopt,
                           .altitude = std::nullopt,
                           .time = std::nullopt};
  if (auto wrong = model::check(position)) {
    return cli::report(k_program, {base::ErrorKind::usage, *wrong, {}});
  }
  model::Event event{.topic = {model::Kind::driver, driver.id},
                     .payload = model::to_location_json(position),
                     .timestamp = {}};
  if (!driver.time.empty()) {
    position.time = base::parse_time(driver.time);
    if (!position.time) {
      return cli::report(k_program,
                         {base::ErrorKind::usage, "--time: not a time like 2023-12-20T14:35:00Z", {}});
    }
    event.timestamp = base::format_time(*position.time);
  }
  return publish_one(options, event, model::to_location_json(position));
}

}  // namespace rt::rtpush
