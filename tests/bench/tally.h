// SPDX-License-Identifier: MIT
// Tally: what all streams of a run received, and everything that was wrong with it. Filled by the thread that
// reads the streams.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/histogram.h"

namespace rt::bench {

enum class Fault : std::uint8_t {
  lost,       // an event is missing and no gap was said
  repeated,   // an event or a snapshot came again
  backwards,  // an id or the order went backwards
  false_gap,  // a gap was said, and nothing was missing
  malformed,  // bytes that are no such stream
  refused,    // no stream was opened
  ended,      // the server ended a stream
};
inline constexpr std::array<std::string_view, 7> k_fault_names = {
    "lost", "repeated", "backwards", "false_gap", "malformed", "refused", "ended"};

struct Tally {
  std::uint64_t deliveries = 0;  // live events
  std::uint64_t snapshots = 0;
  std::uint64_t thinned = 0;  // passed over by a stream that asked for the newest only
  std::uint64_t bytes = 0;    // received, heads of responses and chunks included
  std::uint64_t opened = 0;   // streams that said `connected`
  std::uint64_t resumed = 0;
  std::uint64_t missed = 0;  // what the resumed ones announced
  std::uint64_t gaps = 0;    // on connecting
  std::uint64_t slow_gaps = 0;
  std::uint64_t needless_gaps = 0;  // the id was no longer held, but all that came behind it was
  Histogram latency;

  std::array<std::uint64_t, k_fault_names.size()> faults{};
  std::vector<std::string> examples;  // of the first faults, for people

  void fault(Fault kind, std::uint64_t count, const std::string& what) {
    constexpr std::size_t k_examples_max = 10;
    faults[static_cast<std::size_t>(kind)] += count;
    if (examples.size() < k_examples_max)
      examples.push_back(std::string(k_fault_names[static_cast<std::size_t>(kind)]) + ": " + what);
  }
  std::uint64_t fault_count() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : faults) sum += count;
    return sum;
  }
};

}  // namespace rt::bench
