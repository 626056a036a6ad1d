// SPDX-License-Identifier: MIT
// Histogram of durations in nanoseconds: 32 steps for each doubling, so that a percentile is right to 3 %, in
// constant memory and without allocation. One thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace rt::bench {

class Histogram {
 public:
  void add(std::uint64_t ns) {
    ++counts_[index_of(ns)];
    ++total_;
    if (ns > max_) max_ = ns;
  }
  std::uint64_t count() const { return total_; }
  std::uint64_t max() const { return max_; }
  // The duration that `share` (0.99) of all stay below; 0 when there are none.
  std::uint64_t percentile(double share) const {
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      below += counts_[i];
      if (below > rank) return value_at(i);
    }
    return max_;
  }

 private:
  static constexpr unsigned k_step_bits = 5;
  static constexpr std::size_t k_steps = std::size_t{1} << k_step_bits;

  static std::size_t index_of(std::uint64_t ns) {
    if (ns < k_steps) return ns;
    const auto shift = static_cast<unsigned>(std::bit_width(ns)) - 1 - k_step_bits;
    return (shift + 1) * k_steps + (ns >> shift & (k_steps - 1));
  }
  static std::uint64_t value_at(std::size_t index) {
    if (index < k_steps) return index;
    return (k_steps + index % k_steps) << (index / k_steps - 1);
  }

  std::array<std::uint64_t, (64 - k_step_bits + 1) * k_steps> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace rt::bench
