// SPDX-License-Identifier: MIT
// Report: the figures of a run, in the order in which they were added: one JSON object on stdout for
// programs, a table on stderr for people.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/feed.h"
#include "bench/process.h"
#include "bench/tally.h"

namespace rt::bench {

class Report {
 public:
  // `name` ends in its unit: "latency_p99_ms".
  void add(std::string_view name, std::integral auto value) { add_text(name, std::to_string(value)); }
  void add(std::string_view name, double value);
  void add(std::string_view name, std::string_view text);

  void print() const;

 private:
  void add_text(std::string_view name, std::string json) { figures_.emplace_back(name, std::move(json)); }

  std::vector<std::pair<std::string, std::string>> figures_;
};

void add_feed(Report& report, const FeedFigures& feed);
void add_tally(Report& report, const Tally& tally);
// What the server used between two looks at it, for `deliveries`.
void add_use(Report& report, const ProcessUse& before, const ProcessUse& after, std::uint64_t deliveries);
void add_memory(Report& report, const MemoryTrace& trace);

}  // namespace rt::bench
