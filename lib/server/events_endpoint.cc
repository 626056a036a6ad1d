// SPDX-License-Identifier: MIT
#include "base/log.h"
#include "base/text.h"
#include "http/routes.h"
#include "model/json.h"
#include "server/endpoints.h"

namespace rt::server {

namespace {

constexpr std::size_t k_body_bytes_max = 8 * 1024 * 1024;

// {"accepted":n,"rejected":[...],"lastId":...}: null when no line was accepted.
http::Response bulk_response(const store::Receipt& receipt, const std::string& rejected) {
  std::string body =
      "{\"accepted\":" + std::to_string(receipt.accepted) + ",\"rejected\":[" + rejected + "],\"lastId\":";
  body += receipt.accepted == 0 ? "null" : '"' + sse::format_event_id(receipt.last_id) + '"';
  return http::json_response(200, body + '}');
}

class EventsExchange final : public net::Exchange {
 public:
  EventsExchange(const Context& context, SharedToken token, std::string key)
      : context_(context), token_(std::move(token)), key_(std::move(key)) {}

  std::size_t body_bytes_max() const override { return k_body_bytes_max; }

  net::Outcome finish(http::Request& request) override {
    net::AskStore ask;
    std::string_view rest = request.body;
    for (std::size_t line = 1; !rest.empty(); ++line) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view text = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (text.ends_with('\r')) text.remove_suffix(1);
      if (!base::trim(text).empty()) take_line(line, text, ask.events);
    }
    if (ask.events.empty()) return bulk_response({}, rejected_);
    if (auto taken = context_.admission.take_publishes(context_.config->limits, *token_, ask.events.size(),
                                                       context_.clock.steady());
        !taken) {
      for (const model::Event& event : ask.events)
        count_rejected(context_, event.topic.kind, Rejection::limited);
      return limited(context_, taken.error());
    }
    ask.idempotency_key = std::move(key_);
    for (const model::Event& event : ask.events) ++accepted_[model::index_of(event.topic.kind)];
    return ask;
  }

  http::Response answer(const base::Result<store::Receipt>& receipt) override {
    Counts& counts = context_.counts;
    constexpr auto k_store = static_cast<std::size_t>(Rejection::store);
    for (std::size_t kind = 0; kind < accepted_.size(); ++kind)
      (receipt ? counts.events_accepted[kind] : counts.events_rejected[kind][k_store]) += accepted_[kind];
    if (!receipt) return store_unavailable(receipt.error());
    if (base::log_enabled(base::LogLevel::debug)) {
      base::log(base::LogLevel::debug, "events published",
                {{"user", token_->subject},
                 {"events", receipt->accepted},
                 {"last_id", sse::format_event_id(receipt->last_id)}});
    }
    return bulk_response(*receipt, rejected_);
  }

 private:
  void take_line(std::size_t line, std::string_view text, std::vector<model::Event>& events) {
    auto event = model::parse_event(text, {context_.config->event_bytes_max}, context_.clock.wall());
    if (!event) {
      count_rejected(context_, std::nullopt, rejection_of(event.error().fault));
      return reject(line, event.error().what);
    }
    if (!token_->rights.may_publish(event->topic)) {
      count_rejected(context_, event->topic.kind, Rejection::forbidden);
      return reject(line, "this token may not publish to " + model::to_string(event->topic));
    }
    events.push_back(*std::move(event));
  }

  void reject(std::size_t line, std::string_view error) {
    if (!rejected_.empty()) rejected_ += ',';
    rejected_ += "{\"line\":" + std::to_string(line) + ",\"error\":";
    model::append_json_string(rejected_, error);
    rejected_ += '}';
  }

  Context context_;
  SharedToken token_;
  std::string key_;
  std::string rejected_;  // the members of the array, as JSON
  std::array<std::uint64_t, model::k_kind_count> accepted_{};
};

}  // namespace

Begun begin_events(const Context& context, const http::Request& request, const SharedToken& token) {
  if (!http::has_media_type(request, "application/x-ndjson")) {
    return http::problem(415, "send events, one a line, as Content-Type: application/x-ndjson");
  }
  if (!token->rights.may_publish_anything()) return forbidden(context, "this token may not publish");
  // Whoever has nothing left is told before sending the body.
  if (const auto left =
          context.admission.take_publishes(context.config->limits, *token, 0, context.clock.steady());
      !left)
    return limited(context, left.error());
  auto key = idempotency_key(request, *token);
  if (!key) return key.error();
  return std::make_unique<EventsExchange>(context, token, *std::move(key));
}

}  // namespace rt::server
