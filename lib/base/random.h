// SPDX-License-Identifier: MIT
// The Random seam: jitter and sampling take their numbers from here, so that a test or a simulation repeats
// itself from a seed. Not for secrets: those come from OpenSSL (auth/secret.h). One instance, one thread.
#pragma once

#include <cstdint>
#include <random>

namespace rt::base {

class Random {
 public:
  // Seeded by the operating system.
  Random() : engine_(std::random_device{}()) {}
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }
  // Uniform in [0, bound); bound 0 gives 0.
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : engine_() % bound; }
  // Uniform in [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace rt::base
