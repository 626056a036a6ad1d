// SPDX-License-Identifier: MIT
// Wheel: when to look at which connection again, for very many connections at a tenth of a second's precision
// and a constant cost each. An entry is only a reminder: whoever is reminded checks what is due and schedules
// anew, so a reminder that is no longer wanted is simply ignored. Pure; one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace rt::net {

class Wheel {
 public:
  static constexpr std::chrono::milliseconds k_tick{100};

  // How far ahead it can remind.
  static constexpr std::chrono::milliseconds k_horizon = 1000 * k_tick;

  explicit Wheel(base::SteadyTime now) : now_tick_(tick_of(now)) {}

  // Reminds of `id` in the first advance() at or after `due`, or earlier when it is too far ahead for the
  // wheel.
  void schedule(std::uint64_t id, base::SteadyTime due) {
    std::int64_t tick = tick_of(due + k_tick - std::chrono::milliseconds(1));
    if (tick <= now_tick_) tick = now_tick_ + 1;
    if (tick >= now_tick_ + k_slots) tick = now_tick_ + k_slots - 1;
    slots_[static_cast<std::size_t>(tick % k_slots)].push_back(id);
  }

  // The reminders that have come up; moves the wheel to `now`.
  std::vector<std::uint64_t> advance(base::SteadyTime now) {
    std::vector<std::uint64_t> due;
    const std::int64_t until = tick_of(now);
    // After a long sleep one turn of the wheel sees everything.
    if (until - now_tick_ > k_slots) now_tick_ = until - k_slots;
    while (now_tick_ < until) {
      ++now_tick_;
      std::vector<std::uint64_t>& slot = slots_[static_cast<std::size_t>(now_tick_ % k_slots)];
      due.insert(due.end(), slot.begin(), slot.end());
      std::exchange(slot, {});
    }
    return due;
  }

 private:
  static constexpr std::int64_t k_slots = 1024;
  static std::int64_t tick_of(base::SteadyTime time) { return time.time_since_epoch() / k_tick; }

  std::int64_t now_tick_;
  std::array<std::vector<std::uint64_t>, static_cast<std::size_t>(k_slots)> slots_;
};

}  // namespace rt::net
