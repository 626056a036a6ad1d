// SPDX-License-Identifier: MIT
#include "client/stats.h"

#include <optional>

#include "base/text.h"
#include "client/refusal.h"
#include "model/json.h"

namespace rt::client {
namespace {

constexpr std::string_view k_total = "totalClients";

base::Result<Stats> parse_stats(std::string_view body) {
  const auto fail = [](const std::string& what) {
    return base::fail(base::ErrorKind::refused, "the answer holds no counts: " + what, "is it an rtserve?");
  };
  const auto members = model::parse_object(body);
  if (!members) return fail(members.error().what);
  Stats stats;
  const auto count = [&members](std::string_view key) -> std::optional<std::uint64_t> {
    for (const auto& member : *members) {
      if (member.key == key) return base::parse_unsigned(member.raw);
    }
    return std::nullopt;
  };
  for (const auto& resource : model::k_resources) {
    const auto number = count(resource.plural);
    if (!number) return fail("'" + std::string(resource.plural) + "' is missing");
    stats.subscriptions[model::index_of(resource.kind)] = *number;
  }
  const auto total = count(k_total);
  if (!total) return fail("'" + std::string(k_total) + "' is missing");
  stats.total_clients = *total;
  return stats;
}

}  // namespace

base::Result<Stats> fetch_stats(HttpConnection& connection, StatsScope scope,
                                std::chrono::milliseconds timeout) {
  const std::string query = scope == StatsScope::cluster ? "?scope=cluster" : "";
  const auto answer = connection.get(std::string(model::k_url_prefix) + "/stats" + query, timeout);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) return std::unexpected(refusal(*answer));
  return parse_stats(answer->body);
}

std::string to_json(const Stats& stats) {
  std::string out = "{";
  for (const auto& resource : model::k_resources) {
    out += "\"" + std::string(resource.plural) +
           "\":" + std::to_string(stats.subscriptions[model::index_of(resource.kind)]) + ",";
  }
  return out + "\"" + std::string(k_total) + "\":" + std::to_string(stats.total_clients) + "}";
}

}  // namespace rt::client
