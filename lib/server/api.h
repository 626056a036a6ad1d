// SPDX-License-Identifier: MIT
// Api: rtserve's HTTP interface (section 2 of the contract). It finds the route, checks method, origin, token
// and rights by a request's head, and hands what is let through to the endpoint, each in a file of its own.
// Holds no state but the counts; all reactors' threads use one Api at once.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "auth/token.h"
#include "base/clock.h"
#include "net/service.h"
#include "server/config.h"
#include "server/counts.h"

namespace rt::server {

// What every endpoint is given.
struct Context {
  const Config& config;
  Counts& counts;
  const base::Clock& clock;
};

using Begun = std::variant<http::Response, std::unique_ptr<net::Exchange>>;

class Api final : public net::Service {
 public:
  // All three must outlive the Api.
  Api(const Config& config, Counts& counts, const base::Clock& clock) : context_{config, counts, clock} {}

  Begun begin(const http::Request& request, const net::Peer& peer) override;

 private:
  Begun route(const http::Request& request, const net::Peer& peer);
  std::expected<auth::Token, http::Response> authenticate(const http::Request& request);

  Context context_;
};

}  // namespace rt::server
