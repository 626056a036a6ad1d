// SPDX-License-Identifier: MIT
// Rate: how fast a total rises, smoothed over some ten seconds. Pure; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace rt::net {

class Rate {
 public:
  // Per second. To be called about once a second; the first total only is where it begins.
  double at(std::uint64_t total, base::SteadyTime now) {
    if (since_ && now > *since_) {
      const std::chrono::duration<double> passed = now - *since_;
      const double latest = static_cast<double>(total - total_) / passed.count();
      per_second_ = per_second_ ? *per_second_ + (latest - *per_second_) * k_weight : latest;
    }
    total_ = total;
    since_ = now;
    return per_second_.value_or(0);
  }

 private:
  static constexpr double k_weight = 0.2;  // of the last second

  std::uint64_t total_ = 0;
  std::optional<base::SteadyTime> since_;
  std::optional<double> per_second_;
};

}  // namespace rt::net
