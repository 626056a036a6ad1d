// SPDX-License-Identifier: MIT
// RT_SEEDS=100000 for a longer run; RT_SEED=n for one seed alone.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "simulation/world.h"

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

namespace {

// A sanitizer makes a seed ten times as dear.
constexpr bool k_is_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST_CASE("whatever the interleaving, every stream is in order, once only, and says every gap") {
  const std::uint64_t first = from_environment("RT_SEED", 1);
  const std::uint64_t usual = k_is_sanitized ? 1'000 : 10'000;
  const std::uint64_t seeds = std::getenv("RT_SEED") ? 1 : from_environment("RT_SEEDS", usual);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    const std::string complaint = rt::simulation::World(seed).run(300);
    INFO("seed " << seed);
    REQUIRE(complaint == "");
  }
}

}  // namespace
