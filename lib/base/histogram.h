// SPDX-License-Identifier: MIT
// Histogram: how many things took how long, in buckets whose upper bounds are fixed. Written and read by any
// thread; a reader may see a bucket before the sum that goes with it.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rt::base {

template <std::size_t k_bounds>
class Histogram {
 public:
  // Rising, and in microseconds; what took longer than the last has a bucket of its own.
  using Bounds = std::array<std::uint64_t, k_bounds>;

  explicit Histogram(const Bounds& bounds_us) : bounds_us_(bounds_us) {}

  void add(std::chrono::nanoseconds took) {
    const auto us = static_cast<std::uint64_t>(took.count() / 1000);
    std::size_t bucket = 0;
    while (bucket < k_bounds && us > bounds_us_[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(us, std::memory_order_relaxed);
  }

  const Bounds& bounds_us() const { return bounds_us_; }
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }
  std::uint64_t sum_us() const { return sum_us_.load(std::memory_order_relaxed); }

 private:
  const Bounds& bounds_us_;
  std::array<std::atomic<std::uint64_t>, k_bounds + 1> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

}  // namespace rt::base
