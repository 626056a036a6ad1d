// SPDX-License-Identifier: MIT
#include "server/api.h"

#include "http/routes.h"
#include "server/cors.h"
#include "server/endpoints.h"

namespace rt::server {

namespace {

// Adds the cross-origin fields to whatever comes of an exchange.
class WithFields final : public net::Exchange {
 public:
  WithFields(std::unique_ptr<net::Exchange> inner, Fields fields)
      : inner_(std::move(inner)), fields_(std::move(fields)) {}

  std::size_t body_bytes_max() const override { return inner_->body_bytes_max(); }

  net::Outcome finish(http::Request& request) override {
    net::Outcome outcome = inner_->finish(request);
    if (auto* response = std::get_if<http::Response>(&outcome)) {
      add(response->fields, fields_);
    } else if (auto* stream = std::get_if<net::OpenStream>(&outcome)) {
      add(stream->fields, fields_);
    }
    return outcome;
  }

  http::Response answer(const base::Result<store::Receipt>& receipt) override {
    http::Response response = inner_->answer(receipt);
    add(response.fields, fields_);
    return response;
  }

 private:
  static void add(Fields& to, const Fields& fields) { to.insert(to.end(), fields.begin(), fields.end()); }

  std::unique_ptr<net::Exchange> inner_;
  Fields fields_;
};

http::Response unauthorized(std::string_view detail) {
  http::Response response = http::problem(401, detail);
  response.fields.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  return response;
}

bool is_write(http::Method method) {
  return method == http::Method::post;
}

}  // namespace

Begun Api::begin(const http::Request& request, const net::Peer& peer) {
  Begun begun = route(request, peer);
  Fields cors = cors_fields(*context_.config, request);
  if (cors.empty()) return begun;
  if (auto* response = std::get_if<http::Response>(&begun)) {
    response->fields.insert(response->fields.end(), cors.begin(), cors.end());
    return begun;
  }
  return std::make_unique<WithFields>(std::move(std::get<std::unique_ptr<net::Exchange>>(begun)),
                                      std::move(cors));
}

Begun Api::route(const http::Request& request, const net::Peer& peer) {
  const auto found = http::find_route(request.path);
  if (!found) return found.error();
  if (request.method == http::Method::options) {
    return answered(
        options_response(request, http::allowed_methods(*found), cors_fields(*context_.config, request)));
  }
  if (!http::allows(*found, request.method)) {
    http::Response response =
        http::problem(405, "this resource answers " + std::string(http::allowed_methods(*found)));
    response.fields.emplace_back("Allow", http::allowed_methods(*found));
    return response;
  }
  if (std::holds_alternative<http::HealthRoute>(*found))
    return answered(http::json_response(200, R"({"status":"ok"})"));

  const auto token = authenticate(request);
  if (!token) return token.error();
  if (const auto* topic = std::get_if<http::TopicRoute>(&*found)) {
    if (is_write(request.method)) return begin_publish(context_, request, *token, topic->topic);
    return begin_topic_stream(context_, request, peer, *token, topic->topic);
  }
  if (std::holds_alternative<http::StreamRoute>(*found)) return begin_stream(context_, request, peer, *token);
  if (std::holds_alternative<http::EventsRoute>(*found)) return begin_events(context_, request, *token);
  return begin_stats(context_, request, **token);
}

std::expected<std::shared_ptr<const auth::Token>, http::Response> Api::authenticate(
    const http::Request& request) {
  const auto found = auth::find_token(request, context_.config->token_places);
  if (!found) {
    ++context_.counts.unauthenticated[0];
    return std::unexpected(
        unauthorized(context_.config->token_places.query_allowed
                         ? "a token is needed: send Authorization: Bearer, the cookie, or ?token="
                         : "a token is needed: send Authorization: Bearer or the cookie"));
  }
  if (!has_keys_) {
    http::Response response = http::problem(503, "the keys to check tokens with could not be fetched yet");
    response.fields.emplace_back("Retry-After", "2");
    return std::unexpected(std::move(response));
  }
  auto token = verifier_.verify(found->text, context_.clock.wall());
  if (!token) {
    ++context_.counts.unauthenticated[static_cast<std::size_t>(token.error().fault) + 1];
    if (token.error().fault == auth::TokenFault::unknown_key) on_unknown_key_();
    return std::unexpected(unauthorized(token.error().what));
  }
  // A browser sends the cookie along with anybody's form: a write needs to say where it comes from.
  const bool by_cookie = found->place == auth::TokenPlace::cookie;
  if (by_cookie && is_write(request.method) && !origin_may_write(*context_.config, request)) {
    return std::unexpected(forbidden(
        context_, "a request that is authorised by cookie must come from this server or an allowed origin"));
  }
  return *std::move(token);
}

}  // namespace rt::server
