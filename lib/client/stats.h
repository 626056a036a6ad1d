// SPDX-License-Identifier: MIT
// GET /api/v1/realtime/stats?scope=...&detail=1: how many subscriptions of each kind, how many open streams,
// and more of the server that is asked. Main thread of a tool.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "client/http_connection.h"
#include "model/resource.h"

namespace rt::client {

// Of the server that is asked, or of all that share a store with it.
enum class StatsScope { instance, cluster };
enum class StatsDepth { counts, details };

struct StatsDetails {
  struct FollowedTopic {
    std::string topic;
    std::uint64_t subscribers = 0;
  };
  std::vector<FollowedTopic> topics;  // the busiest
  std::uint64_t instances = 1;
  std::uint64_t uptime_seconds = 0;
  std::string version;
  double events_per_second = 0;
  double deliveries_per_second = 0;
};

struct Stats {
  std::array<std::uint64_t, model::k_kind_count> subscriptions{};  // by model::index_of()
  std::uint64_t total_clients = 0;
  std::optional<StatsDetails> details;  // with StatsDepth::details
};

// Errors: denied (401, 403), busy (429, 503), not_found (404), unavailable, timeout, refused (all else, also
// an answer that holds no counts).
base::Result<Stats> fetch_stats(HttpConnection& connection, StatsScope scope, StatsDepth depth,
                                std::chrono::milliseconds timeout);

// {"orders":3,"runs":1,"drivers":5,"totalClients":9}, and behind it the details, if there are any.
std::string to_json(const Stats& stats);

// The numbers by the names that they have in JSON: "orders", "totalClients", "rates.events".
std::vector<std::string_view> field_names();
bool is_detail(std::string_view field);
// As in JSON. Nothing for a detail that was not asked for, and for what is no field.
std::optional<std::string> field_text(const Stats& stats, std::string_view field);

}  // namespace rt::client
