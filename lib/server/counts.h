// SPDX-License-Identifier: MIT
// Counts: the few numbers that all shards share: what is open now, and what has happened since the start. A
// stream is counted before its first byte is written. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "auth/token.h"
#include "model/resource.h"
#include "net/service.h"
#include "server/admission.h"
#include "store/census.h"

namespace rt::server {

// Why an event that was to be published was not.
enum class Rejection : std::uint8_t { malformed, too_large, invalid, forbidden, limited, store };
inline constexpr std::size_t k_rejection_count = 6;
inline std::string_view name_of(Rejection why) {
  constexpr std::array<std::string_view, k_rejection_count> k_names = {"malformed", "too_large", "invalid",
                                                                       "forbidden", "limited",   "store"};
  return k_names[static_cast<std::size_t>(why)];
}

struct Counts {
  // Subscriptions by kind: a stream of two orders and all drivers counts 2 orders and 1 driver.
  std::array<std::atomic<std::uint64_t>, model::k_kind_count> subscriptions{};
  std::atomic<std::uint64_t> streams{0};  // Admission counts them

  std::atomic<std::uint64_t> streams_opened{0};
  std::atomic<std::uint64_t> resumed{0};
  std::atomic<std::uint64_t> resume_gaps{0};
  std::array<std::atomic<std::uint64_t>, net::k_close_reason_count> streams_closed{};  // by net::CloseReason
  std::array<std::atomic<std::uint64_t>, model::k_kind_count> events_accepted{};
  // By kind, the last of which stands for "unknown", and Rejection.
  std::array<std::array<std::atomic<std::uint64_t>, k_rejection_count>, model::k_kind_count + 1>
      events_rejected{};
  std::array<std::atomic<std::uint64_t>, auth::k_token_fault_count + 1>
      unauthenticated{};  // none, then by fault
  std::atomic<std::uint64_t> forbidden{0};
  std::array<std::atomic<std::uint64_t>, k_limit_count> limited{};  // by Limit
};

// Who listens to this instance now.
inline store::Census census_of(const Counts& counts) {
  store::Census census;
  for (std::size_t kind = 0; kind < counts.subscriptions.size(); ++kind)
    census.subscriptions[kind] = counts.subscriptions[kind];
  census.streams = counts.streams;
  return census;
}

}  // namespace rt::server
