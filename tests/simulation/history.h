// SPDX-License-Identifier: MIT
// History: all that the store accepted, in its order. What clients are held against. Where the store was cut,
// an era ends and another begins, whose ids may be below those of before.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/topic.h"
#include "sse/event_id.h"

namespace rt::simulation {

// A place in that order.
struct Point {
  std::size_t era = 0;
  sse::EventId id{};
  auto operator<=>(const Point&) const = default;
};

struct Logged {
  Point point;
  model::Topic topic;
  std::string payload;  // {"n":i}, i being its place in the log
  base::SteadyTime at;
  bool lost = false;  // to a cut, before any shard had it
};

struct History {
  std::vector<Logged> log;
  std::size_t era() const { return given_before.size() - 1; }
  // By era: no id was given before it that is higher.
  std::vector<sse::EventId> given_before{{}};
  // A shard may have forgotten topics that nobody read.
  bool forgets = false;
};

inline bool is_position(const model::Topic& topic) {
  return topic.kind == model::Kind::driver;
}

// How much later than the store a shard may have an event.
inline constexpr std::chrono::milliseconds k_mail_lag_max{400};

}  // namespace rt::simulation
