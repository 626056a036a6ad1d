// SPDX-License-Identifier: MIT
// Sieve (--min-interval, --min-distance, --max-age): which fixes are not worth sending. A fix is measured
// against the last one of its driver that passed, by the fixes' own times, or when they came where they have
// none; a time that goes back starts anew. Pure; one instance, one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "model/position.h"

namespace rt::gps {

// What is 0 is not looked at.
struct SieveOptions {
  std::chrono::milliseconds interval_min{0};
  double distance_min_m = 0;
  std::chrono::milliseconds age_max{0};
};

class Sieve {
 public:
  explicit Sieve(const SieveOptions& options) : options_(options) {}

  // Nothing: the fix passes. Else why not: "too old", "too soon", "too near".
  std::optional<std::string_view> hold_back(const std::string& driver, const model::Position& position,
                                            base::WallTime now);

 private:
  struct Passed {
    base::WallTime time;
    double latitude = 0, longitude = 0;
  };
  // Beyond it all are forgotten, so that the next fix of each driver passes.
  static constexpr std::size_t k_drivers_max = 100'000;

  SieveOptions options_;
  std::unordered_map<std::string, Passed> passed_;
};

// Along the great circle, on a sphere; exact to half a percent.
double distance_m(double latitude_a, double longitude_a, double latitude_b, double longitude_b);

}  // namespace rt::gps
