// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/text.h"
#include "http/routes.h"
#include "server/endpoints.h"
#include "server/stream_guest.h"

namespace rt::server {

namespace {

// More would make one request's parsing and one subscriber's merging costly.
constexpr std::size_t k_topics_max = 100;

// Over what time streams are closed whose tokens expire at the same time.
constexpr std::chrono::milliseconds k_expiry_spread_max{1'000};

// A reactor looks every 100 ms at what has come due.
constexpr std::chrono::milliseconds k_rate_min{100};
constexpr std::chrono::milliseconds k_rate_max{3'600'000};

// What the query of a stream asks for.
struct StreamQuery {
  std::vector<model::TopicPattern> patterns;
  std::optional<std::string> last_event_id;
  hub::Snapshot snapshot = hub::Snapshot::send;
  hub::EventNames names = hub::EventNames::none;
  std::chrono::milliseconds rate{0};
};

std::expected<StreamQuery, http::Response> parse_stream_query(const http::Request& request) {
  const auto parameters = http::parse_query(request.query);
  if (!parameters) return std::unexpected(http::problem(400, "the query is not properly percent-encoded"));
  StreamQuery query;
  for (const auto& [name, value] : *parameters) {
    if (name == "topic") {
      const auto pattern = model::parse_topic_pattern(value);
      if (!pattern) return std::unexpected(http::problem(400, "topic: " + pattern.error().what));
      query.patterns.push_back(*pattern);
    } else if (name == "lastEventId") {
      query.last_event_id = value;
    } else if (name == "rate") {
      const auto rate = base::parse_duration(value);
      if (!rate || *rate < k_rate_min || *rate > k_rate_max)
        return std::unexpected(http::problem(400, "rate must be a duration of 100ms to 1h, such as 2s"));
      query.rate = *rate;
    } else if (name == "events") {
      if (value != "named") return std::unexpected(http::problem(400, "events can only be named"));
      query.names = hub::EventNames::types;
    } else if (name == "snapshot") {
      if (value != "0" && value != "1") return std::unexpected(http::problem(400, "snapshot must be 0 or 1"));
      query.snapshot = value == "0" ? hub::Snapshot::omit : hub::Snapshot::send;
    }
  }
  if (const auto field = request.field("Last-Event-ID")) query.last_event_id = std::string(*field);
  return query;
}

// A stream whose rights are checked: opened when the request is whole.
class StreamExchange final : public net::Exchange {
 public:
  StreamExchange(const Context& context, const net::Peer& peer, net::OpenStream stream, SharedToken token)
      : context_(context), peer_(peer), stream_(std::move(stream)), token_(std::move(token)) {}

  net::Outcome finish(http::Request& request) override {
    if (request.method == http::Method::head) return std::move(stream_);
    auto guest = StreamGuest::admit(context_, stream_.subscription, *token_,
                                    client_address(request, peer_.ip(), context_.config->trusted_proxies));
    if (!guest) return limited(context_, guest.error());
    stream_.guest = *std::move(guest);
    return std::move(stream_);
  }

 private:
  Context context_;
  net::Peer peer_;
  net::OpenStream stream_;
  SharedToken token_;
};

Begun begin(const Context& context, const http::Request& request, const net::Peer& peer,
            const SharedToken& token, StreamQuery query, hub::Naming naming) {
  if (!http::accepts_event_stream(request)) {
    return http::problem(406, "this is an event stream: send Accept: text/event-stream");
  }
  auto subscription = token->rights.subscription(query.patterns);
  if (!subscription) return forbidden(context, subscription.error().what);
  net::OpenStream stream;
  stream.subscription = *std::move(subscription);
  stream.naming = naming;
  stream.snapshot = query.snapshot;
  stream.names = query.names;
  stream.rate = query.rate;
  if (http::accepts_gzip(request)) stream.coding = hub::Coding::gzip;
  stream.last_event_id = std::move(query.last_event_id);
  stream.max_age = context.config->max_stream_age;
  stream.store = &context.store;
  if (token->expires_at) {
    // A token that is good only by the leeway gets that much, or its holder would connect over and over.
    const std::chrono::milliseconds leeway = context.config->rules.options.leeway;
    const bool past = *token->expires_at <= context.clock.wall();
    stream.expiry = past ? net::Expiry{*token->expires_at + leeway}
                         : net::Expiry{*token->expires_at, std::min(leeway, k_expiry_spread_max)};
  }
  return std::make_unique<StreamExchange>(context, peer, std::move(stream), token);
}

}  // namespace

Begun begin_topic_stream(const Context& context, const http::Request& request, const net::Peer& peer,
                         const SharedToken& token, const model::Topic& topic) {
  auto query = parse_stream_query(request);
  if (!query) return query.error();
  if (!query->patterns.empty()) {
    return http::problem(400, "topic is a parameter of " + std::string(model::k_url_prefix) + "/stream only");
  }
  query->patterns.push_back(model::pattern_of(topic));
  return begin(context, request, peer, token, *std::move(query), hub::Naming::id);
}

Begun begin_stream(const Context& context, const http::Request& request, const net::Peer& peer,
                   const SharedToken& token) {
  auto query = parse_stream_query(request);
  if (!query) return query.error();
  if (query->patterns.empty() || query->patterns.size() > k_topics_max) {
    return http::problem(400, "name 1 to " + std::to_string(k_topics_max) + " topics, such as ?topic=" +
                                  std::string(model::k_resources.front().plural) + "/O-1");
  }
  return begin(context, request, peer, token, *std::move(query), hub::Naming::topics);
}

}  // namespace rt::server
