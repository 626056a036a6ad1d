// SPDX-License-Identifier: MIT
#include "gps/sieve.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rt::gps {

std::optional<std::string_view> Sieve::hold_back(const std::string& driver, const model::Position& position,
                                                 base::WallTime now) {
  if (options_.age_max.count() > 0 && position.time && now - *position.time > options_.age_max) {
    return "too old";
  }
  if (options_.interval_min.count() == 0 && options_.distance_min_m == 0) {
    return std::nullopt;
  }
  const Passed fix{position.time.value_or(now), position.latitude, position.longitude};
  if (const auto last = passed_.find(driver); last != passed_.end()) {
    const auto& [time, latitude, longitude] = last->second;
    if (fix.time >= time && fix.time - time < options_.interval_min) {
      return "too soon";
    }
    if (distance_m(latitude, longitude, fix.latitude, fix.longitude) < options_.distance_min_m) {
      return "too near";
    }
  } else if (passed_.size() == k_drivers_max) {
    passed_.clear();
  }
  passed_.insert_or_assign(driver, fix);
  return std::nullopt;
}

double distance_m(double latitude_a, double longitude_a, double latitude_b, double longitude_b) {
  constexpr double k_earth_radius_m = 6'371'008.8;
  constexpr double k_radian = std::numbers::pi / 180;
  const auto half_chord = [](double degrees) { return std::pow(std::sin(degrees * k_radian / 2), 2); };
  const double chord = half_chord(latitude_b - latitude_a) + std::cos(latitude_a * k_radian) *
                                                                 std::cos(latitude_b * k_radian) *
                                                                 half_chord(longitude_b - longitude_a);
  return 2 * k_earth_radius_m * std::asin(std::sqrt(std::min(1.0, chord)));
}

}  // namespace rt::gps
