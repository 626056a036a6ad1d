// SPDX-License-Identifier: MIT
// Api: rtserve's HTTP interface (section 2 of the contract). It finds the route, checks method, origin, token
// and rights by a request's head, and hands what is let through to the endpoint, each in a file of its own.
// Each reactor has its own, for its thread alone; a change of configuration or keys is a new Api.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "auth/verifier.h"
#include "base/clock.h"
#include "net/service.h"
#include "server/admission.h"
#include "server/config.h"
#include "server/counts.h"
#include "server/overview.h"

namespace rt::server {

// What every endpoint is given. Exchanges and answers that outlive their Api keep a copy.
struct Context {
  std::shared_ptr<const Config> config;
  Counts& counts;
  Admission& admission;
  const base::Clock& clock;
  const store::Store& store;
  const Overview& overview;
};

using Begun = std::variant<http::Response, std::unique_ptr<net::Exchange>>;

class Api final : public net::Service {
 public:
  // `rules`: those of the configuration, with the keys that came from elsewhere. `on_unknown_key` is told of
  // tokens that name a key which is not there.
  Api(Context context, std::shared_ptr<const auth::Rules> rules, std::function<void()> on_unknown_key)
      : context_(std::move(context)),
        has_keys_(!rules->keys.empty()),
        verifier_(std::move(rules)),
        on_unknown_key_(std::move(on_unknown_key)) {}

  Begun begin(const http::Request& request, const net::Peer& peer) override;

 private:
  Begun route(const http::Request& request, const net::Peer& peer);
  std::expected<std::shared_ptr<const auth::Token>, http::Response> authenticate(
      const http::Request& request);

  Context context_;
  bool has_keys_;
  auth::Verifier verifier_;
  std::function<void()> on_unknown_key_;
};

}  // namespace rt::server
