// SPDX-License-Identifier: MIT
// Idempotency: the answers that were given to requests with an Idempotency-Key, so that a repeated request
// gets the first answer and publishes nothing. Kept ten minutes and bounded in number; when full, the oldest
// goes first. Store's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "sse/event_id.h"

namespace rt::store {

inline constexpr std::chrono::minutes k_idempotency_kept{10};
inline constexpr std::size_t k_idempotency_keys_max = 100'000;

struct Receipt {
  std::uint64_t accepted = 0;
  sse::EventId last_id;           // of the last accepted event; meaningless when none was
  std::uint64_t subscribers = 0;  // of the last event's topic
};

class Idempotency {
 public:
  // Null when the key is new or its time is over.
  const Receipt* find(const std::string& key, base::SteadyTime now);
  void remember(const std::string& key, const Receipt& receipt, base::SteadyTime now);

 private:
  struct Kept {
    std::string key;
    base::SteadyTime until;
  };
  std::unordered_map<std::string, Receipt> receipts_;
  std::deque<Kept> by_age_;
};

}  // namespace rt::store
