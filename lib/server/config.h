// SPDX-License-Identifier: MIT
// Config: everything that an operator may set, checked and in the units that the code uses. Made by
// apps/rtserve/options.cc from flags, environment and file, and again on a reload. A value; what is shared is
// not changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/token.h"
#include "base/log.h"
#include "net/socket.h"
#include "net/tls.h"
#include "server/admission.h"
#include "server/client_address.h"
#include "store/open.h"

namespace rt::server {

struct Config {
  std::vector<net::ListenAddress> listen;
  net::ListenAddress admin_listen;
  std::optional<net::TlsFiles> tls;  // unset: plain HTTP
  auth::Rules rules;                 // with the keys of the files
  std::string jwks_url;              // more keys from there; empty: none
  std::chrono::milliseconds jwks_refresh{300'000};
  auth::TokenPlaces token_places;
  std::vector<std::string> cors_origins;  // exact origins, or the single "*"
  TrustedProxies trusted_proxies;         // whose word about a client's address is taken

  store::StoreUrl store;
  std::uint64_t retain_events = 100'000;
  std::chrono::milliseconds retain_for{3'600'000};
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds max_stream_age{0};  // 0: no limit
  std::optional<std::uint64_t> clients_max;     // 0: no limit; unset: what the descriptor limit allows
  Limits limits;                                // `clients` is made of clients_max
  std::uint64_t event_bytes_max = 64 * 1024;
  std::chrono::milliseconds request_timeout{10'000};
  std::chrono::milliseconds shutdown_grace{10'000};
  std::uint32_t threads = 1;
  base::LogLevel log_level = base::LogLevel::info;
  base::LogFormat log_format = base::LogFormat::text;
};

}  // namespace rt::server
