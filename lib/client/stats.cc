// SPDX-License-Identifier: MIT
#include "client/stats.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "client/refusal.h"
#include "model/json.h"

namespace rt::client {
namespace {

using nlohmann::json;

constexpr std::string_view k_total = "totalClients";
constexpr std::string_view k_instances = "instances";
constexpr std::string_view k_uptime = "uptime";
constexpr std::string_view k_rates_events = "rates.events";
constexpr std::string_view k_rates_deliveries = "rates.deliveries";
constexpr std::array k_details = {k_instances, k_uptime, k_rates_events, k_rates_deliveries};

// As it stands there: no sign, no fraction.
std::optional<std::uint64_t> count_of(const json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

std::optional<StatsDetails> parse_details(const json& body) {
  try {
    const json& rates = body.at("rates");
    StatsDetails details{.topics = {},
                         .instances = body.at(k_instances).get<std::uint64_t>(),
                         .uptime_seconds = body.at(k_uptime).get<std::uint64_t>(),
                         .version = body.at("version").get<std::string>(),
                         .events_per_second = rates.at("events").get<double>(),
                         .deliveries_per_second = rates.at("deliveries").get<double>()};
    for (const json& one : body.at("topics"))
      details.topics.push_back(
          {one.at("topic").get<std::string>(), one.at("subscribers").get<std::uint64_t>()});
    return details;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

base::Result<Stats> parse_stats(std::string_view text, StatsDepth depth) {
  const auto fail = [](const std::string& what) {
    return base::fail(base::ErrorKind::refused, "the answer holds no counts: " + what, "is it an rtserve?");
  };
  const json body = json::parse(text, nullptr, false);
  if (!body.is_object()) return fail("it is no JSON object");
  Stats stats;
  for (const auto& resource : model::k_resources) {
    const auto number = count_of(body, resource.plural);
    if (!number) return fail("'" + std::string(resource.plural) + "' is missing");
    stats.subscriptions[model::index_of(resource.kind)] = *number;
  }
  const auto total = count_of(body, k_total);
  if (!total) return fail("'" + std::string(k_total) + "' is missing");
  stats.total_clients = *total;
  if (depth == StatsDepth::counts) return stats;
  stats.details = parse_details(body);
  if (!stats.details) return fail("the details are missing");
  return stats;
}

std::string rate_text(double per_second) {
  constexpr int k_decimals = 2;
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), per_second,
                                 std::chars_format::fixed, k_decimals);
  return end.ec == std::errc() ? std::string(digits.data(), end.ptr) : "0";
}

}  // namespace

base::Result<Stats> fetch_stats(HttpConnection& connection, StatsScope scope, StatsDepth depth,
                                std::chrono::milliseconds timeout) {
  std::string path = std::string(model::k_url_prefix) + "/stats";
  if (scope == StatsScope::cluster) path += "?scope=cluster";
  if (depth == StatsDepth::details) path += scope == StatsScope::cluster ? "&detail=1" : "?detail=1";
  const auto answer = connection.get(path, timeout);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) return std::unexpected(refusal(*answer));
  return parse_stats(answer->body, depth);
}

std::string to_json(const Stats& stats) {
  std::string out = "{";
  for (const auto& resource : model::k_resources) {
    out += "\"" + std::string(resource.plural) +
           "\":" + std::to_string(stats.subscriptions[model::index_of(resource.kind)]) + ",";
  }
  out += "\"" + std::string(k_total) + "\":" + std::to_string(stats.total_clients);
  if (!stats.details) return out + "}";
  const StatsDetails& details = *stats.details;
  out += ",\"topics\":[";
  for (const auto& one : details.topics) {
    if (out.back() == '}') out += ',';
    out += "{\"topic\":";
    model::append_json_string(out, one.topic);
    out += ",\"subscribers\":" + std::to_string(one.subscribers) + "}";
  }
  out += "],\"instances\":" + std::to_string(details.instances) +
         ",\"uptime\":" + std::to_string(details.uptime_seconds) + ",\"version\":";
  model::append_json_string(out, details.version);
  return out + ",\"rates\":{\"events\":" + rate_text(details.events_per_second) +
         ",\"deliveries\":" + rate_text(details.deliveries_per_second) + "}}";
}

std::vector<std::string_view> field_names() {
  std::vector<std::string_view> names;
  for (const auto& resource : model::k_resources) names.push_back(resource.plural);
  names.push_back(k_total);
  names.insert(names.end(), k_details.begin(), k_details.end());
  return names;
}

bool is_detail(std::string_view field) {
  return std::ranges::find(k_details, field) != k_details.end();
}

std::optional<std::string> field_text(const Stats& stats, std::string_view field) {
  for (const auto& resource : model::k_resources) {
    if (field == resource.plural) return std::to_string(stats.subscriptions[model::index_of(resource.kind)]);
  }
  if (field == k_total) return std::to_string(stats.total_clients);
  if (!stats.details) return std::nullopt;
  if (field == k_instances) return std::to_string(stats.details->instances);
  if (field == k_uptime) return std::to_string(stats.details->uptime_seconds);
  if (field == k_rates_events) return rate_text(stats.details->events_per_second);
  if (field == k_rates_deliveries) return rate_text(stats.details->deliveries_per_second);
  return std::nullopt;
}

}  // namespace rt::client
