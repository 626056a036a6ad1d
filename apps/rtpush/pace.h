// SPDX-License-Identifier: MIT
// Pace (--replay): waits until a fix is due, by the fixes' own times and a factor. Fixes without a time are
// due at once; a time that goes back starts the clock anew. One instance, main thread.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace rt::rtpush {

class Pace {
 public:
  explicit Pace(double factor) : factor_(factor) {}

  // Also returns when a signal came (interrupt.h).
  void wait_for(std::optional<base::WallTime> fix_time);

 private:
  using Steady = std::chrono::steady_clock;

  double factor_;
  std::optional<base::WallTime> last_;
  base::WallTime first_;
  Steady::time_point started_;
};

}  // namespace rt::rtpush
