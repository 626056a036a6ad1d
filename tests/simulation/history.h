// SPDX-License-Identifier: MIT
// History: all that the store accepted, in its order. What clients are held against.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/topic.h"
#include "sse/event_id.h"

namespace rt::simulation {

struct Logged {
  sse::EventId id;
  model::Topic topic;
  std::string payload;  // {"n":i}, i being its place in the log
  base::SteadyTime at;
};

struct History {
  std::vector<Logged> log;
  // A shard may have forgotten topics that nobody read.
  bool forgets = false;
};

inline bool is_position(const model::Topic& topic) {
  return topic.kind == model::Kind::driver;
}

// How much later than the store a shard may have an event.
inline constexpr std::chrono::milliseconds k_mail_lag_max{400};

}  // namespace rt::simulation
