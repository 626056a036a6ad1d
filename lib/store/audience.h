// SPDX-License-Identifier: MIT
// Audience: how many streams would get an event of a topic, over all shards. It lives with the store, because
// a shard tells the store of a new stream before it writes the stream's first byte, and through the same
// mailbox that publishes take: whoever has seen `connected` is counted by every later publish.
// Store's thread only.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "auth/rights.h"
#include "model/topic.h"

namespace rt::store {

enum class Presence { joined, left };

// A stream that opened or closed.
struct AudienceChange {
  Presence presence = Presence::joined;
  std::vector<model::Kind> kinds;
  std::vector<model::Topic> topics;
};

struct Followed {
  model::Topic topic;
  std::uint64_t streams = 0;
};
inline constexpr std::size_t k_busiest_max = 20;

class Audience {
 public:
  void apply(const AudienceChange& change);
  std::uint64_t count(const model::Topic& topic) const;
  // The topics that most streams would get an event of, of those that are followed by name.
  std::vector<Followed> busiest() const;

 private:
  std::unordered_map<model::Topic, std::uint64_t> topics_;
  std::array<std::uint64_t, model::k_kind_count> kinds_{};
};

}  // namespace rt::store
