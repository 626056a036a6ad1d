// SPDX-License-Identifier: MIT
#include "rtpush/pace.h"

#include <poll.h>

#include <algorithm>

#include "rtpush/interrupt.h"

namespace rt::rtpush {

void Pace::wait_for(std::optional<base::WallTime> fix_time) {
  using std::chrono::milliseconds;
  if (!fix_time) {
    return;
  }
  if (!last_ || *fix_time < *last_) {
    first_ = *fix_time;
    started_ = Steady::now();
  }
  last_ = fix_time;
  const std::chrono::duration<double> since_start((*fix_time - first_) / factor_);
  while (caught_signal() == 0) {
    const auto left = since_start - std::chrono::duration<double>(Steady::now() - started_);
    if (left.count() <= 0) {
      return;
    }
    constexpr double k_wait_max_seconds = 3600;
    const auto wait = std::chrono::ceil<milliseconds>(
        std::chrono::duration<double>(std::min(left.count(), k_wait_max_seconds)));
    poll(nullptr, 0, static_cast<int>(wait.count()));
  }
}

}  // namespace rt::rtpush
