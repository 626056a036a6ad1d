// SPDX-License-Identifier: MIT
#include "bench/ledger.h"

#include <algorithm>

namespace rt::bench {

void Ledger::append(sse::EventId id, std::uint32_t lane, std::uint32_t seq) {
  published_.push_back({id, lane, seq});
}

void Ledger::sort() {
  std::ranges::sort(published_, {}, &Published::id);
  for (auto& entries : of_lane_) entries.clear();
  for (std::uint64_t place = 1; const Published& one : published_)
    of_lane_[one.lane].push_back({place++, one.seq});
}

std::uint64_t Ledger::place_of(sse::EventId id) const {
  const auto behind = std::ranges::upper_bound(published_, id, {}, &Published::id);
  return static_cast<std::uint64_t>(behind - published_.begin());
}

std::optional<Ledger::Entry> Ledger::first_behind(std::uint64_t place, std::uint32_t lane) const {
  const auto& entries = of_lane_[lane];
  const auto found = std::ranges::upper_bound(entries, place, {}, &Entry::place);
  if (found == entries.end()) return std::nullopt;
  return *found;
}

}  // namespace rt::bench
