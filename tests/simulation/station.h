// SPDX-License-Identifier: MIT
// Station: a shard and what the store has posted to it.
#pragma once

#include <deque>

#include "base/clock.h"
#include "hub/shard.h"
#include "store/engine.h"

namespace rt::simulation {

struct Letter {
  base::SteadyTime sent;
  store::Arrival arrival;
};

struct Station {
  Station(const hub::ShardLimits& limits, sse::EventId origin) : shard(limits, origin) {}
  hub::Shard shard;
  std::deque<Letter> mail;
  std::size_t era = 0;  // how many cuts have reached it
  base::SteadyTime cut_at = base::SteadyTime::min();
};

}  // namespace rt::simulation
