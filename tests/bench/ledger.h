// SPDX-License-Identifier: MIT
// Ledger: all events of a run in the order of the store, by the ids that the answers to their publishes gave
// them. By it the gaps that streams were told of are judged. The thread that publishes fills it; others may
// read it then.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sse/event_id.h"

namespace rt::bench {

class Ledger {
 public:
  explicit Ledger(std::uint32_t lanes) : of_lane_(lanes) {}

  // In any order, and sort() when all are there.
  void append(sse::EventId id, std::uint32_t lane, std::uint32_t seq);
  void sort();

  // How many events the store had taken up to and including `id`.
  std::uint64_t place_of(sse::EventId id) const;
  // The first event of the lane behind that place: its own place, and its number on the lane.
  struct Entry {
    std::uint64_t place;
    std::uint32_t seq;
  };
  std::optional<Entry> first_behind(std::uint64_t place, std::uint32_t lane) const;

 private:
  struct Published {
    sse::EventId id;
    std::uint32_t lane;
    std::uint32_t seq;
  };
  std::vector<Published> published_;
  std::vector<std::vector<Entry>> of_lane_;
};

}  // namespace rt::bench
