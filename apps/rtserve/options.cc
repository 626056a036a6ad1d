// SPDX-License-Identifier: MIT
#include "rtserve/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "auth/secret_file.h"
#include "base/text.h"
#include "cli/command_line.h"

namespace rt::rtserve {
namespace {

constexpr const char* k_examples =
    "Examples:\n"
    "  rtserve --dev                                   # try it: loopback, own secret\n"
    "  rtserve --jwt-secret-file /etc/rtserve/secret   # serve on 127.0.0.1:3000\n"
    "  rtserve token --jwt-secret-file /etc/rtserve/secret --sub ops --role admin";

constexpr std::uint32_t k_threads_max = 256;

void define_network(CLI::App& app, Options& options) {
  app.add_option("--listen", options.listen, "Where to serve, repeatable (default 127.0.0.1:3000)")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false);
  app.add_option("--admin-listen", options.admin_listen, "Metrics and health (default 127.0.0.1:3001)")
      ->type_name("HOST:PORT");
  app.add_option("--cors-origin", options.cors_origins, "Origin whose pages may connect, repeatable")
      ->type_name("ORIGIN")
      ->allow_extra_args(false);
  app.add_option("--threads", options.threads, "Event loops (default: one per processor)")
      ->type_name("N")
      ->check(CLI::Range(0U, k_threads_max));
  cli::add_duration(app, "--request-timeout", options.request_timeout,
                    "For a request's head and body (default 10s)");
  cli::add_duration(app, "--shutdown-grace", options.shutdown_grace, "For a drain on SIGTERM (default 10s)");
}

void define_tokens(CLI::App& app, Options& options) {
  app.add_flag("--dev", options.dev, "Loopback only; makes a secret and prints a token");
  app.add_option("--jwt-secret-file", options.jwt_secret_file, "The file with the secret for HS256")
      ->type_name("FILE");
  app.add_option("--jwt-issuer", options.jwt_issuer, "Required iss claim")->type_name("ISS");
  app.add_option("--jwt-audience", options.jwt_audience, "Required aud claim")->type_name("AUD");
  cli::add_duration(app, "--jwt-leeway", options.jwt_leeway, "Leeway for exp, nbf and iat (default 30s)");
  app.add_flag("--allow-eternal-tokens", options.allow_eternal_tokens, "Accept tokens without exp");
  app.add_flag("--allow-query-token", options.allow_query_token, "Accept ?token=");
  app.add_option("--cookie-name", options.cookie_name, "The cookie with the token (default rt_token)")
      ->type_name("NAME");
}

void define_streams(CLI::App& app, Options& options) {
  const auto size = [](std::uint64_t& target) {
    return [&target](const std::string& text) {
      const auto bytes = base::parse_size(text);
      if (bytes) target = *bytes;
      return bytes.has_value();
    };
  };
  cli::add_choice(app, "--store", {"memory"}, [](std::size_t) {}, "Where events are kept (default memory)");
  app.add_option("--retain-events", options.retain_events, "Events kept for resume (default 100000)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}));
  cli::add_duration(app, "--retain-for", options.retain_for, "How long (default 1h)");
  cli::add_duration(app, "--heartbeat", options.heartbeat, "Between signs of life on a stream (default 15s)");
  app.add_option("--max-clients", options.clients_max, "Open streams (default: what descriptors allow)")
      ->type_name("N");
  app.add_option_function<std::string>(
         "--max-event-bytes",
         [take = size(options.event_bytes_max)](const std::string& text) {
           if (!take(text))
             throw CLI::ValidationError("--max-event-bytes", "'" + text + "' is no size like 64k");
         },
         "Size of a payload (default 64k)")
      ->type_name("SIZE");
}

void define_log(CLI::App& app, Options& options) {
  cli::add_choice(
      app, "--log-level", {"debug", "info", "warn", "error", "off"},
      [&options](std::size_t i) { options.log_level = static_cast<base::LogLevel>(i); },
      "What is logged (default info)");
  cli::add_choice(
      app, "--log-format", {"text", "json"},
      [&options](std::size_t i) { options.log_format = static_cast<base::LogFormat>(i); },
      "How (default text)");
}

base::Result<std::vector<auth::Key>> make_keys(const Options& options) {
  std::vector<auth::Key> keys;
  if (!options.jwt_secret_file.empty()) {
    auto key = auth::read_secret_file(options.jwt_secret_file);
    if (!key) return std::unexpected(key.error());
    keys.push_back(*std::move(key));
  } else if (options.dev) {
    keys.push_back(*auth::Key::from_secret(auth::new_secret()));
  } else {
    return base::fail(
        base::ErrorKind::configuration, "no key to check tokens with",
        "give --jwt-secret-file FILE (rtserve token --new-secret makes a secret), or --dev to try it");
  }
  return keys;
}

base::Result<void> check_origins(const Options& options) {
  const bool any = std::ranges::find(options.cors_origins, "*") != options.cors_origins.end();
  if (any && (!options.cookie_name.empty() || options.cors_origins.size() > 1)) {
    return base::fail(base::ErrorKind::configuration,
                      "--cors-origin '*' cannot go together with cookies or other origins",
                      "list the origins, or turn the cookie off with --cookie-name ''");
  }
  for (const std::string& origin : options.cors_origins) {
    const bool http = origin.starts_with("http://") || origin.starts_with("https://");
    if (origin != "*" && (!http || origin.find('/', origin.find("//") + 2) != std::string::npos)) {
      return base::fail(base::ErrorKind::configuration,
                        "--cors-origin: '" + base::printable(origin) + "' is no origin",
                        "scheme and host without a path, such as https://app.example.com");
    }
  }
  return {};
}

}  // namespace

void define_options(CLI::App& app, Options& options) {
  cli::prepare(app, "rtserve", RT_VERSION);
  app.description("Serve live updates of orders, delivery runs and drivers over Server-Sent Events.");
  app.footer(k_examples);
  define_network(app, options);
  define_tokens(app, options);
  define_streams(app, options);
  define_log(app, options);
  cli::add_environment_names(app, "RTSERVE_");
  app.add_subcommand("check-config", "Check options and configuration file, and exit")->callback([&options] {
    options.check_config = true;
  });
  app.add_subcommand("healthcheck", "Ask the running server whether it is ready")->callback([&options] {
    options.healthcheck = true;
  });
  add_token_command(app, options.token_command);
}

std::vector<std::string> config_paths() {
  return {"/etc/rtserve/rtserve.toml"};
}

auth::TokenOptions token_options(const Options& options) {
  return {std::chrono::ceil<std::chrono::seconds>(options.jwt_leeway), options.allow_eternal_tokens,
          options.jwt_issuer, options.jwt_audience};
}

base::Result<server::Config> make_config(const Options& options) {
  server::Config config;
  const std::vector<std::string> listen =
      options.listen.empty() ? std::vector<std::string>{"127.0.0.1:3000"} : options.listen;
  for (const std::string& text : listen) {
    auto address = net::parse_listen_address(text);
    if (!address) return std::unexpected(address.error());
    if (options.dev && !net::is_loopback(*address)) {
      return base::fail(base::ErrorKind::configuration, "--dev serves on loopback only, not on " + text);
    }
    config.listen.push_back(*std::move(address));
  }
  auto admin = net::parse_listen_address(options.admin_listen);
  if (!admin) return std::unexpected(admin.error());
  config.admin_listen = *std::move(admin);
  if (auto origins = check_origins(options); !origins) return std::unexpected(origins.error());
  auto keys = make_keys(options);
  if (!keys) return std::unexpected(keys.error());
  if (options.heartbeat < std::chrono::seconds(1)) {
    return base::fail(base::ErrorKind::configuration, "--heartbeat must be at least 1s");
  }
  config.keys = *std::move(keys);
  config.token = token_options(options);
  config.token_places = {options.cookie_name, options.allow_query_token};
  config.cors_origins = options.cors_origins;
  config.retain_events = options.retain_events;
  config.retain_for = options.retain_for;
  config.heartbeat = options.heartbeat;
  config.clients_max = options.clients_max;
  config.event_bytes_max = options.event_bytes_max;
  config.request_timeout = options.request_timeout;
  config.shutdown_grace = options.shutdown_grace;
  config.threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  config.log_level = options.log_level;
  config.log_format = options.log_format;
  return config;
}

}  // namespace rt::rtserve
