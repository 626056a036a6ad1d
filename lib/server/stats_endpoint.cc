// SPDX-License-Identifier: MIT
#include <array>
#include <charconv>
#include <chrono>

#include "http/routes.h"
#include "server/endpoints.h"

namespace rt::server {

namespace {

constexpr int k_rate_decimals = 2;
constexpr std::string_view k_instance = "instance";
constexpr std::string_view k_cluster = "cluster";

struct StatsQuery {
  bool is_cluster = false;
  bool is_detailed = false;
};

std::expected<StatsQuery, http::Response> parse_stats_query(const http::Request& request) {
  const auto parameters = http::parse_query(request.query);
  if (!parameters) return std::unexpected(http::problem(400, "the query is not properly percent-encoded"));
  StatsQuery query;
  for (const auto& [name, value] : *parameters) {
    if (name == "scope") {
      if (value != k_instance && value != k_cluster)
        return std::unexpected(http::problem(400, "scope must be instance or cluster"));
      query.is_cluster = value == k_cluster;
    } else if (name == "detail") {
      if (value != "0" && value != "1") return std::unexpected(http::problem(400, "detail must be 0 or 1"));
      query.is_detailed = value == "1";
    }
  }
  return query;
}

std::expected<store::Census, http::Response> census_for(const Context& context, const StatsQuery& query) {
  const auto everywhere = query.is_cluster ? context.store.everywhere() : std::nullopt;
  if (!everywhere) return census_of(context.counts);  // or there is no other instance
  if (const char* trouble = context.store.trouble()) {
    http::Response response =
        http::problem(503, std::string("the other instances cannot be counted now: ") + trouble);
    response.fields.emplace_back("Retry-After", "1");
    return std::unexpected(std::move(response));
  }
  return *everywhere;
}

// The members of the contract's object, without its end.
std::string counts_json(const store::Census& census) {
  std::string body = "{";
  for (const model::Resource& resource : model::k_resources) {
    body += '"' + std::string(resource.plural) +
            "\":" + std::to_string(census.subscriptions[model::index_of(resource.kind)]) + ',';
  }
  return body + "\"totalClients\":" + std::to_string(census.streams);
}

http::Response stats_response(const std::string& body) {
  http::Response response = http::json_response(200, body);
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

std::string rate_text(double per_second) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), per_second,
                                 std::chars_format::fixed, k_rate_decimals);
  return {digits.data(), end.ptr};
}

std::string details_json(const Context& context, const std::vector<store::Followed>& busiest) {
  std::string out = ",\"topics\":[";
  for (const store::Followed& followed : busiest) {
    if (out.back() == '}') out += ',';
    out += "{\"topic\":\"" + model::to_string(followed.topic) +
           "\",\"subscribers\":" + std::to_string(followed.streams) + '}';
  }
  const auto everywhere = context.store.everywhere();
  const auto uptime =
      std::chrono::floor<std::chrono::seconds>(context.clock.steady() - context.overview.started);
  out += "],\"instances\":" + std::to_string(everywhere ? everywhere->instances : 1) +
         ",\"uptime\":" + std::to_string(uptime.count()) + ",\"version\":\"" + context.overview.version + '"';
  // Every shard sees the same events: the first speaks for all.
  const auto& reactors = context.overview.reactors;
  double deliveries = 0;
  for (const net::ReactorCounts* counts : reactors) deliveries += counts->deliveries_per_second;
  return out + ",\"rates\":{\"events\":" + rate_text(reactors.front()->events_per_second) +
         ",\"deliveries\":" + rate_text(deliveries) + "}}";
}

// The store's thread knows which topics are followed most.
class DetailsExchange final : public net::Exchange {
 public:
  DetailsExchange(const Context& context, std::string counts)
      : context_(context), counts_(std::move(counts)) {}

  net::Outcome finish(http::Request&) override {
    return net::AskStore{.events = {}, .idempotency_key = {}, .busiest = busiest_};
  }

  http::Response answer(const base::Result<store::Receipt>&) override {
    return stats_response(counts_ + details_json(context_, *busiest_));
  }

 private:
  Context context_;
  std::string counts_;
  std::shared_ptr<std::vector<store::Followed>> busiest_ = std::make_shared<std::vector<store::Followed>>();
};

}  // namespace

Begun begin_stats(const Context& context, const http::Request& request, const auth::Token& token) {
  if (!token.rights.may_read_stats()) return forbidden(context, "this token may not read the counts");
  const auto query = parse_stats_query(request);
  if (!query) return query.error();
  const auto census = census_for(context, *query);
  if (!census) return census.error();
  if (query->is_detailed) return std::make_unique<DetailsExchange>(context, counts_json(*census));
  return answered(stats_response(counts_json(*census) + '}'));
}

}  // namespace rt::server
