// SPDX-License-Identifier: MIT
#include "base/log.h"
#include "http/routes.h"
#include "server/endpoints.h"

namespace rt::server {

namespace {

constexpr std::size_t k_receipt_bytes_max = 88;  // three numbers of 20 digits, and the words

http::Response response_for(const model::EventError& error) {
  switch (error.fault) {
    case model::EventFault::malformed:
      return http::problem(400, error.what);
    case model::EventFault::too_large:
      return http::problem(413, error.what);
    case model::EventFault::invalid:
      break;
  }
  return http::problem(422, error.what);
}

class PublishExchange final : public net::Exchange {
 public:
  PublishExchange(const Context& context, SharedToken token, model::Topic topic, std::string key)
      : context_(context), token_(std::move(token)), topic_(std::move(topic)), key_(std::move(key)) {}

  std::size_t body_bytes_max() const override { return context_.config->event_bytes_max; }

  net::Outcome finish(http::Request& request) override {
    auto event =
        model::parse_payload(topic_, request.body, {context_.config->event_bytes_max}, context_.clock.wall());
    if (!event) {
      count_rejected(context_, topic_.kind, rejection_of(event.error().fault));
      return response_for(event.error());
    }
    if (auto taken =
            context_.admission.take_publishes(context_.config->limits, *token_, 1, context_.clock.steady());
        !taken) {
      count_rejected(context_, topic_.kind, Rejection::limited);
      return limited(context_, taken.error());
    }
    net::AskStore ask;
    ask.events.push_back(*std::move(event));
    ask.idempotency_key = std::move(key_);
    return ask;
  }

  http::Response answer(const base::Result<store::Receipt>& receipt) override {
    if (!receipt) {
      count_rejected(context_, topic_.kind, Rejection::store);
      return store_unavailable(receipt.error());
    }
    ++context_.counts.events_accepted[model::index_of(topic_.kind)];
    if (base::log_enabled(base::LogLevel::debug)) {
      base::log(base::LogLevel::debug, "event published",
                {{"user", token_->subject},
                 {"topic", model::to_string(topic_)},
                 {"id", sse::format_event_id(receipt->last_id)},
                 {"subscribers", receipt->subscribers}});
    }
    std::string body;
    body.reserve(k_receipt_bytes_max);
    body += "{\"id\":\"";
    sse::append_event_id(body, receipt->last_id);
    body.append("\",\"subscribers\":").append(std::to_string(receipt->subscribers)) += '}';
    return http::json_response(200, std::move(body));
  }

 private:
  Context context_;
  SharedToken token_;
  model::Topic topic_;
  std::string key_;
};

}  // namespace

Begun begin_publish(const Context& context, const http::Request& request, const SharedToken& token,
                    const model::Topic& topic) {
  if (!http::has_media_type(request, "application/json")) {
    return http::problem(415, "send the payload as Content-Type: application/json");
  }
  if (!token->rights.may_publish(topic)) {
    count_rejected(context, topic.kind, Rejection::forbidden);
    return forbidden(context, "this token may not publish to " + model::to_string(topic));
  }
  // Whoever has nothing left is told before sending the body.
  if (const auto left =
          context.admission.take_publishes(context.config->limits, *token, 0, context.clock.steady());
      !left) {
    count_rejected(context, topic.kind, Rejection::limited);
    return limited(context, left.error());
  }
  auto key = idempotency_key(request, *token);
  if (!key) return key.error();
  return std::make_unique<PublishExchange>(context, token, topic, *std::move(key));
}

}  // namespace rt::server
