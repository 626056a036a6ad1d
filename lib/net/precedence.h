// SPDX-License-Identifier: MIT
// Precedence: who is written to first once an event is stored, its readers or its publisher, who waits for
// the answer.
//
// Under load the publisher: what it sends next then leaves in the same writes. At leisure the readers:
// nothing is there to share their writes, and a publisher that has its answer goes on to other work, which
// takes processors from them, or from the proxy in front of them, where these are on the server's own
// machine.
//
// A shard is at leisure when no event has come and none was left to write for 2 ms, and for half as long as
// it was busy before that. A publisher waits for readers for 100 ms at most. Pure; one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/clock.h"

namespace rt::net {

class Precedence {
 public:
  // Events have come.
  void on_batch(base::SteadyTime now) {
    at_leisure_ = !busy_since_ && now - busy_until_ >= std::max(k_leisure_min, busy_for_ / 2);
    if (!busy_since_) busy_since_ = now;
  }
  // All has been written.
  void on_idle(base::SteadyTime now) {
    if (!busy_since_) return;
    busy_for_ = now - *busy_since_;
    busy_until_ = now;
    busy_since_.reset();
  }

  // While this is so, the latest batch's publishers are not answered.
  bool readers_first(base::SteadyTime now) const {
    return at_leisure_ && busy_since_ && now - *busy_since_ < k_wait_max;
  }

 private:
  static constexpr std::chrono::milliseconds k_leisure_min{2};
  static constexpr std::chrono::milliseconds k_wait_max{100};

  bool at_leisure_ = true;  // when the latest batch came
  std::optional<base::SteadyTime> busy_since_;
  base::SteadyTime busy_until_;
  std::chrono::milliseconds busy_for_{0};
};

}  // namespace rt::net
