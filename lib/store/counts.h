// SPDX-License-Identifier: MIT
// StoreCounts: how long the engine takes to keep what a turn brings, and how often it cannot. Written by the
// store's thread, read by any.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/histogram.h"

namespace rt::store {

inline constexpr std::array<std::uint64_t, 13> k_commit_bounds_us = {
    100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000};

struct StoreCounts {
  base::Histogram<k_commit_bounds_us.size()> commits{k_commit_bounds_us};
  std::atomic<std::uint64_t> failures{0};  // publishes that could not be kept
};

}  // namespace rt::store
