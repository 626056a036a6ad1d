// SPDX-License-Identifier: MIT
#include "server/endpoints.h"

namespace rt::server {

namespace {

constexpr std::size_t k_idempotency_key_bytes_max = 128;

class Answered final : public net::Exchange {
 public:
  explicit Answered(http::Response response) : response_(std::move(response)) {}
  net::Outcome finish(http::Request&) override { return std::move(response_); }

 private:
  http::Response response_;
};

}  // namespace

http::Response forbidden(const Context& context, std::string_view detail) {
  ++context.counts.forbidden;
  return http::problem(403, detail);
}

http::Response limited(const Context& context, const LimitReached& reached) {
  ++context.counts.limited[static_cast<std::size_t>(reached.limit)];
  return response_for(reached);
}

Rejection rejection_of(model::EventFault fault) {
  switch (fault) {
    case model::EventFault::malformed:
      return Rejection::malformed;
    case model::EventFault::too_large:
      return Rejection::too_large;
    case model::EventFault::invalid:
      break;
  }
  return Rejection::invalid;
}

void count_rejected(const Context& context, std::optional<model::Kind> kind, Rejection why) {
  const std::size_t row = kind ? model::index_of(*kind) : model::k_kind_count;
  ++context.counts.events_rejected[row][static_cast<std::size_t>(why)];
}

http::Response store_unavailable(const base::Error& error) {
  http::Response response = http::problem(503, "the store cannot take events now: " + error.what);
  response.fields.emplace_back("Retry-After", "1");
  return response;
}

std::expected<std::string, http::Response> idempotency_key(const http::Request& request,
                                                           const auth::Token& token) {
  const auto key = request.field("Idempotency-Key");
  if (!key) return std::string();
  if (key->empty() || key->size() > k_idempotency_key_bytes_max) {
    return std::unexpected(http::problem(400, "Idempotency-Key must have 1 to 128 characters"));
  }
  std::string scoped = token.subject;
  // A character that no field value holds, so that two subjects never share a key.
  scoped += '\0';
  scoped += request.path;
  scoped += '\0';
  scoped += *key;
  return scoped;
}

std::unique_ptr<net::Exchange> answered(http::Response response) {
  return std::make_unique<Answered>(std::move(response));
}

}  // namespace rt::server
