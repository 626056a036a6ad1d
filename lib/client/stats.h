// SPDX-License-Identifier: MIT
// GET /api/v1/realtime/stats?scope=...: how many subscriptions of each kind, how many open streams. Main
// thread of a tool.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "client/http_connection.h"
#include "model/resource.h"

namespace rt::client {

// Of the server that is asked, or of all that share a store with it.
enum class StatsScope { instance, cluster };

struct Stats {
  std::array<std::uint64_t, model::k_kind_count> subscriptions{};  // by model::index_of()
  std::uint64_t total_clients = 0;
};

// Errors: denied (401, 403), busy (429, 503), not_found (404), unavailable, timeout, refused (all else, also
// an answer that holds no counts).
base::Result<Stats> fetch_stats(HttpConnection& connection, StatsScope scope,
                                std::chrono::milliseconds timeout);

// {"orders":3,"runs":1,"drivers":5,"totalClients":9}
std::string to_json(const Stats& stats);

}  // namespace rt::client
