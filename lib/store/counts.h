// SPDX-License-Identifier: MIT
// StoreCounts: how long the engine takes to keep what a turn brings, and how often it cannot. Written by the
// store's thread, read by any.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace rt::store {

// The upper bounds of the histogram of commits; what took longer is in the last bucket.
inline constexpr std::array k_commit_bounds_us = {100,    250,    500,     1'000,   2'500,   5'000,    10'000,
                                                  25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000};

struct StoreCounts {
  std::array<std::atomic<std::uint64_t>, k_commit_bounds_us.size() + 1> commits{};
  std::atomic<std::uint64_t> commit_us{0};  // all together
  std::atomic<std::uint64_t> failures{0};   // publishes that could not be kept

  void add_commit(std::chrono::steady_clock::duration took) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    std::size_t bucket = 0;
    while (bucket < k_commit_bounds_us.size() && us > k_commit_bounds_us[bucket]) ++bucket;
    commits[bucket].fetch_add(1, std::memory_order_relaxed);
    commit_us.fetch_add(static_cast<std::uint64_t>(us), std::memory_order_relaxed);
  }
};

}  // namespace rt::store
