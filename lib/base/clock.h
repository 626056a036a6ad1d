// SPDX-License-Identifier: MIT
// The Clock seam: wall time for what people and tokens read, steady time for deadlines. Whoever needs the
// time is handed a Clock, so that tests turn it by hand (ManualClock). Implementations may be read from any
// thread.
#pragma once

#include <atomic>
#include <chrono>

namespace rt::base {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  SteadyTime steady() const override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start) : wall_ms_(start.time_since_epoch().count()) {}
  WallTime wall() const override { return WallTime(std::chrono::milliseconds(wall_ms_.load())); }
  SteadyTime steady() const override { return SteadyTime(std::chrono::milliseconds(steady_ms_.load())); }
  // Both clocks go on together, as they do when nobody sets the time.
  void advance(std::chrono::milliseconds by) {
    wall_ms_ += by.count();
    steady_ms_ += by.count();
  }
  // Only the wall clock jumps, forwards or backwards.
  void set_wall(WallTime to) { wall_ms_ = to.time_since_epoch().count(); }

 private:
  std::atomic<std::int64_t> wall_ms_;
  std::atomic<std::int64_t> steady_ms_{0};
};

}  // namespace rt::base
