// SPDX-License-Identifier: MIT
// rtserve's command line as values, and what they come to. CLI11 is included in options.cc and main.cc alone.
// Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/layers.h"
#include "rtserve/token_command.h"
#include "server/config.h"

namespace CLI {
class App;
}

namespace rt::rtserve {

struct Options {
  cli::Places places;  // of what is not from the command line
  bool dev = false;
  bool check_config = false;  // the subcommands
  bool healthcheck = false;
  TokenCommandOptions token_command;

  std::vector<std::string> listen{"127.0.0.1:3000"};
  std::string admin_listen = "127.0.0.1:3001";
  std::string tls_cert, tls_key;
  net::TlsVersion tls_min = net::TlsVersion::tls12;
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> jwt_secret_files;
  std::vector<std::string> jwt_public_keys;
  std::string jwks_file;
  std::string jwks_url;
  std::chrono::milliseconds jwks_refresh{300'000};
  std::string dev_secret;  // made once, so that a reload keeps it
  auth::Authorization authorization = auth::Authorization::claims;
  std::optional<auth::RoleTable> roles;  // from the file's sections [roles.NAME]
  std::string jwt_issuer;
  std::string jwt_audience;
  std::chrono::milliseconds jwt_leeway{30'000};
  bool allow_eternal_tokens = false;
  bool allow_query_token = false;
  std::string cookie_name = "rt_token";
  std::vector<std::string> cors_origins;
  std::string store = "memory";
  std::string redis_password_file;
  std::uint64_t retain_events = 100'000;
  std::chrono::milliseconds retain_for{3'600'000};
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds max_stream_age{0};
  std::optional<std::uint64_t> clients_max;
  server::Limits limits;
  std::uint64_t event_bytes_max = 64 * 1024;
  std::chrono::milliseconds request_timeout{10'000};
  std::chrono::milliseconds shutdown_grace{10'000};
  std::uint32_t threads = 0;  // 0: one per processor
  base::LogLevel log_level = base::LogLevel::info;
  base::LogFormat log_format = base::LogFormat::text;
};

void define_options(CLI::App& app, Options& options);

// The same arguments, with environment and file as they are now.
base::Result<Options> parse_options_again(int argc, char** argv);

// /etc/rtserve/rtserve.toml
std::vector<std::string> config_paths();

// Takes what the file says about roles; gives what is wrong with it.
std::optional<std::string> take_section(Options& options, const cli::ConfigEntry& entry);

}  // namespace rt::rtserve
