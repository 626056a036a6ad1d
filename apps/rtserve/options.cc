// SPDX-License-Identifier: MIT
#include "rtserve/options.h"

#include <CLI/CLI.hpp>

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
  app.add_option("--listen", options.listen,
                 "Where to serve, repeatable; also unix:PATH, fd: (default 127.0.0.1:3000)")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false);
  app.add_option("--admin-listen", options.admin_listen, "Metrics and health (default 127.0.0.1:3001)")
      ->type_name("HOST:PORT");
  app.add_option("--tls-cert", options.tls_cert, "Serve over TLS with this certificate chain (PEM)")
      ->type_name("FILE");
  app.add_option("--tls-key", options.tls_key, "Its private key (PEM)")->type_name("FILE");
  cli::add_choice(
      app, "--tls-min", {"1.2", "1.3"},
      [&options](std::size_t i) { options.tls_min = static_cast<net::TlsVersion>(i); },
      "Oldest TLS version (default 1.2)");
  app.add_option("--trusted-proxy", options.trusted_proxies,
                 "Proxies that may name a client in X-Forwarded-For, repeatable; also unix:")
      ->type_name("CIDR")
      ->allow_extra_args(false);
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
  app.add_option("--jwt-secret-file", options.jwt_secret_files, "A file with a secret for HS*, repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--jwt-public-key", options.jwt_public_keys, "A file with public keys (PEM), repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--jwks-file", options.jwks_file, "A JWK set with more keys")->type_name("FILE");
  app.add_option("--jwks-url", options.jwks_url, "Where to fetch a JWK set with more keys")->type_name("URL");
  cli::add_duration(app, "--jwks-refresh", options.jwks_refresh, "How often to fetch it (default 5m)");
  app.add_option("--jwt-issuer", options.jwt_issuer, "Required iss claim")->type_name("ISS");
  app.add_option("--jwt-audience", options.jwt_audience, "Required aud claim")->type_name("AUD");
  cli::add_duration(app, "--jwt-leeway", options.jwt_leeway, "Leeway for exp, nbf and iat (default 30s)");
  cli::add_choice(
      app, "--authorization", {"claims", "authenticated"},
      [&options](std::size_t i) { options.authorization = static_cast<auth::Authorization>(i); },
      "Who may read: whom the claims allow, or every valid token (default claims)");
  app.add_flag("--allow-eternal-tokens", options.allow_eternal_tokens, "Accept tokens without exp");
  app.add_flag("--allow-query-token", options.allow_query_token, "Accept ?token=");
  app.add_option("--cookie-name", options.cookie_name, "The cookie with the token (default rt_token)")
      ->type_name("NAME");
}

void add_size(CLI::App& app, const std::string& name, std::uint64_t& target, const std::string& description) {
  const auto store = [&target](const std::string& text) { target = base::parse_size(text).value_or(target); };
  app.add_option_function<std::string>(name, store, description)
      ->type_name("SIZE")
      ->default_str(std::to_string(target))
      ->check([](const std::string& text) {
        return base::parse_size(text) ? std::string() : "'" + base::printable(text) + "' is no size like 64k";
      });
}

void add_limit(CLI::App& app, const std::string& name, std::uint64_t& target,
               const std::string& description) {
  app.add_option(name, target, description)->type_name("N");
}

void define_streams(CLI::App& app, Options& options) {
  app.add_option(
         "--store", options.store,
         "Where events are kept: memory, sqlite:PATH, redis://HOST or unix:PATH of a Redis (default memory)")
      ->type_name("STORE");
  app.add_option("--redis-password-file", options.redis_password_file, "A file with the password for Redis")
      ->type_name("FILE");
  app.add_option("--retain-events", options.retain_events, "Events kept for resume (default 100000)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}));
  cli::add_duration(app, "--retain-for", options.retain_for, "How long (default 1h)");
  cli::add_duration(app, "--heartbeat", options.heartbeat, "Between signs of life on a stream (default 15s)");
  cli::add_duration(app, "--max-stream-age", options.max_stream_age,
                    "After it a stream ends, to be taken up again (default 0: no limit)");
  app.add_option("--max-clients", options.clients_max, "Open streams (default: what descriptors allow)")
      ->type_name("N");
  add_limit(app, "--max-clients-per-user", options.limits.clients_per_user,
            "Open streams of one subject (default 0: no limit)");
  add_limit(app, "--max-clients-per-topic", options.limits.clients_per_topic,
            "Open streams of one topic (default 0: no limit)");
  add_limit(app, "--max-clients-per-ip", options.limits.clients_per_ip,
            "Open streams from one address (default 0: no limit)");
  add_limit(app, "--publish-rate", options.limits.publish_rate,
            "Events per second that a token may publish (default 0: no limit)");
  add_size(app, "--max-memory", options.limits.memory_bytes,
           "Memory above which no stream or event is taken (default 0: no limit)");
  add_size(app, "--max-event-bytes", options.event_bytes_max, "Size of a payload (default 64k)");
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

base::Result<Options> parse_options_again(int argc, char** argv) {
  CLI::App app;
  Options options;
  define_options(app, options);
  const auto section = [&options](const cli::ConfigEntry& entry) { return take_section(options, entry); };
  if (auto parsed = cli::parse_again(app, argc, argv, config_paths(), section); !parsed)
    return std::unexpected(parsed.error());
  options.places = cli::layers_of(app).places();
  return options;
}

std::optional<std::string> take_section(Options& options, const cli::ConfigEntry& entry) {
  if (entry.section.size() != 2 || entry.section.front() != "roles")
    return "unknown section '" + base::printable(entry.section.front()) + "'; did you mean '[roles.NAME]'?";
  if (!options.roles) options.roles = auth::RoleTable::empty();
  const auto added = options.roles->add({entry.section.back(), entry.key, entry.values});
  if (added) return std::nullopt;
  return added.error();
}

}  // namespace rt::rtserve
