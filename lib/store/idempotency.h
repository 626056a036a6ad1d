// SPDX-License-Identifier: MIT
// Idempotency: the receipts of requests with an Idempotency-Key, so that a repeated request gets the first
// answer and publishes nothing. Kept ten minutes and bounded in number; when full, the oldest goes first. For
// engines that keep receipts in memory, or a copy there. Store's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "store/engine.h"

namespace rt::store {

inline constexpr std::chrono::minutes k_idempotency_kept{10};
inline constexpr std::size_t k_idempotency_keys_max = 100'000;

class Idempotency {
 public:
  // Null when the key is new or its time is over.
  const Receipt* find(const std::string& key, base::SteadyTime now);
  // `until`: at most k_idempotency_kept from now.
  void remember(const std::string& key, const Receipt& receipt, base::SteadyTime until);

 private:
  struct Kept {
    std::string key;
    base::SteadyTime until;
  };
  std::unordered_map<std::string, Receipt> receipts_;
  std::deque<Kept> by_age_;
};

}  // namespace rt::store
