// SPDX-License-Identifier: MIT
#include "client/watchdog.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace rt::client {
namespace {

constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t k_again_ms = 50;
constexpr std::int64_t k_poll_ms_max = 3'600'000;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Watchdog::Watchdog(std::function<void()> expired)
    : on_expired_(std::move(expired)),
      wake_descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      deadline_ms_(k_never) {
  if (wake_descriptor_ < 0) std::abort();
  thread_ = std::thread([this] { run(); });
}

Watchdog::~Watchdog() {
  ended_ = true;
  wake();
  thread_.join();
  close(wake_descriptor_);
}

void Watchdog::wake() const {
  const std::uint64_t one = 1;
  if (write(wake_descriptor_, &one, sizeof one) < 0) return;  // full: it is awake already
}

void Watchdog::arm(std::chrono::milliseconds in) {
  const std::int64_t deadline = now_ms() + in.count();
  expired_ = false;
  deadline_ms_ = deadline;
  if (deadline < looks_at_ms_) wake();
}

void Watchdog::disarm() {
  deadline_ms_ = k_never;
}

void Watchdog::expire() {
  forced_ = true;
  wake();
}

void Watchdog::run() {
  while (!ended_) {
    const std::int64_t now = now_ms();
    std::int64_t looks_at = deadline_ms_;
    const bool is_due = looks_at <= now || (forced_ && looks_at != k_never);
    if (is_due) {
      expired_ = true;
      on_expired_();
      looks_at = now_ms() + k_again_ms;
    }
    looks_at_ms_ = looks_at;
    // A deadline set before looks_at_ms_ was has not woken us: look once more.
    if (!is_due && deadline_ms_ < looks_at) continue;
    pollfd wait{wake_descriptor_, POLLIN, 0};
    poll(&wait, 1, static_cast<int>(std::clamp<std::int64_t>(looks_at - now, 0, k_poll_ms_max)));
    std::uint64_t count = 0;
    if (read(wake_descriptor_, &count, sizeof count) < 0) continue;  // woken by the time
  }
}

}  // namespace rt::client
