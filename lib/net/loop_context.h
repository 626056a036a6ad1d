// SPDX-License-Identifier: MIT
// LoopContext: what a connection may ask of the reactor that owns it. One per reactor; that thread alone.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "hub/shard.h"
#include "net/connection.h"
#include "net/reactor.h"
#include "net/wheel.h"

namespace rt::net {

struct LoopContext {
  LoopContext(std::uint32_t shard_index, const ReactorLimits& reactor_limits, Serving initial,
              const base::Clock& the_clock, ReactorCounts& the_counts, boost::asio::io_context& io,
              hub::Shard& the_shard, Wheel& the_wheel)
      : index(shard_index),
        limits(reactor_limits),
        serving(std::move(initial)),
        clock(the_clock),
        counts(the_counts),
        context(io),
        shard(the_shard),
        wheel(the_wheel),
        turn_time(the_clock.steady()) {}

  std::uint32_t index;
  const ReactorLimits& limits;
  Serving serving;
  const base::Clock& clock;
  ReactorCounts& counts;
  boost::asio::io_context& context;
  hub::Shard& shard;
  Wheel& wheel;

  base::Random random;
  // The time at which this turn began: near enough for deadlines, and read once for all.
  base::SteadyTime turn_time;
  std::uint64_t bytes_sent = 0;
  bool draining = false;
  // Go to the store at the end of the turn, in this order.
  std::vector<store::Asked> asked;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections;
  // Streams to be opened at the end of the turn, once all mail is in.
  std::vector<std::uint64_t> openings;
  // Streams whose last bytes go out with the next flush.
  std::vector<std::uint64_t> ending;
  // Closed or dead connections, freed at the end of the turn: one may be closed while the shard writes to it.
  std::vector<std::uint64_t> doomed;
  // What recv() fills; a connection is done with it before it returns to the loop.
  std::array<char, 64 * 1024> input{};

  base::SteadyTime now() const { return clock.steady(); }
  // Null when it is closed already.
  Connection* find(std::uint64_t id) {
    const auto found = connections.find(id);
    return found == connections.end() ? nullptr : found->second.get();
  }
  // The Date field's value (RFC 9110 section 5.6.7), made anew each second.
  const std::string& date();

 private:
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace rt::net
