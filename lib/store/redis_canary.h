// SPDX-License-Identifier: MIT
// Canaries: each instance writes one a second into a small stream of its own kind, on the way of the
// publishes, and every instance reads them, on the way of the events. One's own that comes back proves that
// what is published arrives; the others' say who is there, and how many listen to them. The stream is cut
// short and expires: nothing is kept in it. An entry's fields:
//
//   instance  a random name, new with each start
//   n         counts this instance's canaries
//   census    its streams, then its subscriptions by kind, in decimal; may be missing
//
// Peers is the follower's thread's; its sum may be read by any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "store/census.h"
#include "store/redis_connection.h"

namespace rt::store {

// How often an instance writes one, and after what time without one it counts as gone.
inline constexpr std::chrono::milliseconds k_canary_period{1'000};
inline constexpr std::chrono::milliseconds k_peer_kept{5'000};

struct Canary {
  std::string instance;
  std::uint64_t n = 0;
  std::optional<Census> census;
};

// Two commands, so two replies: the canary's id, and whether the stream's time was set.
void send_canary(RedisConnection& connection, const Canary& canary);
// Nothing when it is none.
std::optional<Canary> read_canary(RedisValue fields);

class Peers {
 public:
  void note(const Canary& canary, RedisTime now);
  void forget_gone(RedisTime now);
  // Of all instances that are there.
  Census sum() const;

 private:
  struct Peer {
    Census census;
    RedisTime seen;
  };
  void publish();

  std::map<std::string, Peer> peers_;
  std::array<std::atomic<std::uint64_t>, model::k_kind_count> subscriptions_{};
  std::atomic<std::uint64_t> streams_{0}, instances_{0};
};

}  // namespace rt::store
