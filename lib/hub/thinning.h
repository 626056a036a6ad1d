// SPDX-License-Identifier: MIT
// Thinning: for a subscriber that wants each driver's position at most once per period (?rate=2s), which ones
// it may get now. The first comes at once; what comes within the period is held, the newest winning, until
// the period is over, so that the last is never left out. It holds no event, only which topics have one
// coming: a byte for each topic, and a few words for each that moved within the last period. No timer:
// whoever owns it asks again and again what has come due. Pure; one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/clock.h"
#include "hub/window.h"

namespace rt::hub {

class Thinning {
 public:
  // A topic: which of the subscriber's feeds it comes by and, where that feed is a kind's, its slot in the
  // index. When another topic takes a slot that was freed within the period, its first position waits as if
  // it were the old one's next.
  struct Place {
    std::uint32_t feed = 0;
    std::uint32_t slot = 0;
    bool operator==(const Place&) const = default;
  };

  Thinning(std::chrono::milliseconds period, std::size_t feeds) : period_(period), states_(feeds) {}

  // The topic has a new position: may it go out now? If not it is held.
  bool offer(Place topic, base::SteadyTime now);
  bool has_held() const { return held_ != 0; }
  // Has a period come to its end? Then collect_due() must be called before anything is offered.
  bool is_due(base::SteadyTime now) const { return !sent_.empty() && sent_.front().until <= now; }
  // Adds to due() what was held for a period that is over; with `all`, everything that is held.
  void collect_due(base::SteadyTime now, bool all);
  // What must go out before anything else. The owner takes from it what it says to be done(), which is false
  // where the topic was forgotten meanwhile.
  std::vector<Place>& due() { return due_; }
  enum class Done { sent, left_to_the_walk };
  bool done(Place topic, Done how, base::SteadyTime now);
  // The topic is no longer known. Was a position of it held?
  bool forget(Place topic);

  // The newest id that the subscriber was sent. A position older than that goes out without its id, or a
  // resume would begin before what has been sent already.
  Mark sent_up_to{};
  // How far the events have been walked: what is newer has not been offered.
  Seq walked_up_to = 0;
  // Positions that can no longer be had, and of which that has not been said yet.
  std::uint64_t lost = 0;

 private:
  enum class State : std::uint8_t { free, within, held, due };
  struct Sent {
    Place topic;
    base::SteadyTime until;  // the end of its period
  };

  State& state_of(Place topic);

  std::chrono::milliseconds period_;
  std::vector<std::vector<State>> states_;  // by feed and slot
  std::deque<Sent> sent_;                   // those within and held, by `until`
  std::vector<Place> due_;
  std::size_t held_ = 0;  // and due
};

}  // namespace rt::hub
