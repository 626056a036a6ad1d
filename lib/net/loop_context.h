// SPDX-License-Identifier: MIT
// LoopContext: what a connection may ask of the reactor that owns it. One per reactor; that thread alone.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "hub/shard.h"
#include "net/connection_table.h"
#include "net/poller.h"
#include "net/reactor.h"
#include "net/wheel.h"

namespace rt::net {

struct LoopContext {
  LoopContext(std::uint32_t shard_index, const ReactorLimits& reactor_limits, Serving initial,
              const base::Clock& the_clock, ReactorCounts& the_counts, Poller& the_poller,
              hub::Shard& the_shard, Wheel& the_wheel)
      : index(shard_index),
        limits(reactor_limits),
        serving(std::move(initial)),
        clock(the_clock),
        counts(the_counts),
        poller(the_poller),
        shard(the_shard),
        wheel(the_wheel),
        turn_time(the_clock.steady()) {}

  std::uint32_t index;
  const ReactorLimits& limits;
  Serving serving;
  const base::Clock& clock;
  ReactorCounts& counts;
  Poller& poller;
  hub::Shard& shard;
  Wheel& wheel;

  base::Random random;
  // The time at which this turn began: near enough for deadlines, and read once for all.
  base::SteadyTime turn_time;
  std::uint64_t bytes_sent = 0;
  struct Farewells {
    base::SteadyTime from;
    base::SteadyTime until;
  };
  std::optional<Farewells> draining;  // when idle connections close, and until when streams end
  // Go to the store at the end of the turn, in this order.
  std::vector<store::Asked> asked;
  ConnectionTable connections;
  // Those who have more to read than they took, or came back to it; their turn comes before the loop sleeps.
  std::vector<std::uint64_t> unread;
  // Streams to be opened at the end of the turn, once all mail is in.
  std::vector<std::uint64_t> openings;
  // Streams whose last bytes go out with the next flush.
  std::vector<std::uint64_t> ending;
  // Closed or dead connections, freed at the end of the turn: one may be closed while the shard writes to it.
  std::vector<std::uint64_t> doomed;
  // What recv() fills; a connection is done with it before it returns to the loop.
  std::array<char, 64 * 1024> input{};

  base::SteadyTime now() const { return clock.steady(); }
  // A stream's moment in a drain.
  base::SteadyTime farewell_time() {
    const base::SteadyTime from = std::max(draining->from, turn_time);
    const auto range = std::chrono::duration_cast<std::chrono::milliseconds>(draining->until - from);
    if (range.count() <= 0) return from;
    const std::uint64_t later = random.below(static_cast<std::uint64_t>(range.count()));
    return from + std::chrono::milliseconds(static_cast<std::int64_t>(later));
  }
  // Null when it is closed already.
  Connection* find(std::uint64_t id) { return connections.find(id); }
  // The Date field's value (RFC 9110 section 5.6.7), made anew each second.
  const std::string& date();

 private:
  std::optional<base::SteadyTime> date_turn_;  // when it was looked at the clock last
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace rt::net
