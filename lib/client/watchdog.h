// SPDX-License-Identifier: MIT
// Watchdog: a deadline with a thread of its own, for calls that block and can only be broken off from
// outside. Owned by the HttpConnection whose call it watches. arm(), postpone() and disarm() belong to one
// thread; `expired` runs on the watchdog's thread, again and again until disarm(), as breaking off may come
// too early.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

namespace rt::client {

class Watchdog {
 public:
  explicit Watchdog(std::function<void()> expired);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Starts anew, or sets the deadline back: `in` from now.
  void arm(std::chrono::milliseconds in);
  void disarm();
  // Every deadline counts as passed from here on. Any thread.
  void expire();
  bool has_expired() const { return expired_; }

 private:
  void run();
  void wake() const;

  std::function<void()> on_expired_;
  int wake_descriptor_;
  std::atomic<std::int64_t> deadline_ms_;
  // When the thread looks at the deadline next; a later deadline needs no waking.
  std::atomic<std::int64_t> looks_at_ms_{0};
  std::atomic<bool> expired_ = false;
  std::atomic<bool> forced_ = false;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace rt::client
