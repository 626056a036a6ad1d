// SPDX-License-Identifier: MIT
#include "rtserve/config.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include "auth/key_files.h"
#include "base/log.h"
#include "base/text.h"
#include "client/http_connection.h"

namespace rt::rtserve {
namespace {

std::unexpected<base::Error> wrong(std::string what, std::string hint = {}) {
  return base::fail(base::ErrorKind::configuration, std::move(what), std::move(hint));
}

// The error of a value or a file that this option gave.
std::unexpected<base::Error> of_option(std::string_view name, base::Error error) {
  if (!error.what.starts_with("--")) error.what.insert(0, std::string(name) + ": ");
  return std::unexpected(std::move(error));
}

base::Result<std::vector<auth::Key>> read_keys(const Options& options) {
  std::vector<auth::Key> keys;
  for (const std::string& path : options.jwt_secret_files) {
    auto key = auth::read_secret_file(path);
    if (!key) return of_option("--jwt-secret-file", key.error());
    keys.push_back(*std::move(key));
  }
  for (const std::string& path : options.jwt_public_keys) {
    auto read = auth::read_public_keys(path);
    if (!read) return of_option("--jwt-public-key", read.error());
    std::ranges::move(*read, std::back_inserter(keys));
  }
  if (!options.jwks_file.empty()) {
    auto set = auth::read_jwks_file(options.jwks_file);
    if (!set) return of_option("--jwks-file", set.error());
    for (const std::string& skipped : set->skipped)
      base::log(base::LogLevel::warn, "a key is not used", {{"file", options.jwks_file}, {"why", skipped}});
    if (set->keys.empty())
      return wrong("--jwks-file: " + options.jwks_file + " holds no key that can be used");
    std::ranges::move(set->keys, std::back_inserter(keys));
  }
  if (!options.dev_secret.empty() && options.jwt_secret_files.empty())
    keys.push_back(*auth::Key::from_secret(options.dev_secret));
  return keys;
}

// A key set decides who comes in: from another machine it comes over TLS.
base::Result<void> check_jwks_url(const Options& options) {
  if (options.jwks_url.empty()) return {};
  const auto url = client::parse_url(options.jwks_url);
  if (!url) return wrong("--jwks-url: '" + base::printable(options.jwks_url) + "' is no http(s) URL");
  const bool loopback = url->host == "localhost" || net::is_loopback({url->host, 0});
  if (!url->is_tls && !loopback) return wrong("--jwks-url must be https:// for another machine");
  if (options.jwks_refresh < std::chrono::seconds(1)) return wrong("--jwks-refresh must be at least 1s");
  return {};
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
      return wrong("--cors-origin: '" + base::printable(origin) + "' is no origin",
                   "scheme and host without a path, such as https://app.example.com");
    }
  }
  return {};
}

base::Result<net::ListenAddress> listen_address(const Options& options, const std::string& text) {
  auto address = net::parse_listen_address(text);
  if (address && options.dev && !net::is_loopback(*address))
    return wrong("--dev serves on loopback only, not on " + text);
  return address;
}

base::Result<net::ListenAddress> admin_address(const Options& options) {
  auto address = listen_address(options, options.admin_listen);
  if (address && (net::is_inherited(*address) || net::is_unix(*address)))
    return wrong("--admin-listen is a numeric address and a port; unix: and fd: are for --listen");
  return address;
}

base::Result<void> set_network(const Options& options, server::Config& config) {
  for (const std::string& text : options.listen) {
    auto address = listen_address(options, text);
    if (!address) return of_option("--listen", address.error());
    config.listen.push_back(*std::move(address));
  }
  auto admin = admin_address(options);
  if (!admin) return of_option("--admin-listen", admin.error());
  config.admin_listen = *std::move(admin);
  for (const std::string& text : options.trusted_proxies) {
    if (text == net::k_unix_peer) {
      config.trusted_proxies.unix_peers = true;
      continue;
    }
    auto range = server::parse_address_range(text);
    if (!range) return wrong("--trusted-proxy: " + range.error().what, range.error().hint);
    config.trusted_proxies.ranges.push_back(*range);
  }
  if (options.tls_cert.empty() != options.tls_key.empty())
    return wrong("one of --tls-cert and --tls-key is missing; they go together");
  if (options.tls_cert.empty()) return {};
  config.tls = net::TlsFiles{options.tls_cert, options.tls_key, options.tls_min};
  // Read again when it is served with; here it is checked, and who is at fault named.
  if (const auto tls = net::TlsServer::load(*config.tls, nullptr); !tls) {
    const bool is_key = tls.error().what.contains(options.tls_key);
    return of_option(is_key ? "--tls-key" : "--tls-cert", tls.error());
  }
  return {};
}

base::Result<store::StoreUrl> read_store(const Options& options) {
  auto store = store::parse_store_url(options.store);
  if (!store) return wrong("--store: " + store.error().what, store.error().hint);
  if (options.redis_password_file.empty()) return store;
  if (store->engine != store::StoreUrl::Engine::redis)
    return wrong("--redis-password-file goes with a --store on Redis");
  if (!store->redis.password.empty())
    return wrong("the password for Redis is given twice, in --store and --redis-password-file");
  auto password = auth::read_password_file(options.redis_password_file);
  if (!password) return of_option("--redis-password-file", password.error());
  store->redis.password = *std::move(password);
  return store;
}

template <class T>
base::Result<T> with_place(const Options& options, base::Result<T> result) {
  if (!result) cli::put_place(result.error().what, options.places);
  return result;
}

base::Result<auth::Rules> read_rules(const Options& options) {
  auto keys = read_keys(options);
  if (!keys) return std::unexpected(keys.error());
  auth::Rules rules;
  rules.keys = *std::move(keys);
  rules.options = {std::chrono::ceil<std::chrono::seconds>(options.jwt_leeway), options.allow_eternal_tokens,
                   options.jwt_issuer, options.jwt_audience};
  if (options.roles) rules.roles = *options.roles;
  rules.authorization = options.authorization;
  return rules;
}

base::Result<server::Config> read_config(const Options& options) {
  server::Config config;
  if (auto set = set_network(options, config); !set) return std::unexpected(set.error());
  if (auto checked = check_origins(options); !checked) return std::unexpected(checked.error());
  if (auto checked = check_jwks_url(options); !checked) return std::unexpected(checked.error());
  if (options.heartbeat < std::chrono::seconds(1)) return wrong("--heartbeat must be at least 1s");
  if (options.max_stream_age.count() > 0 && options.max_stream_age < std::chrono::seconds(1))
    return wrong("--max-stream-age must be at least 1s", "0 is no limit");
  auto rules = read_rules(options);
  if (!rules) return std::unexpected(rules.error());
  if (rules->keys.empty() && options.jwks_url.empty()) {
    return wrong(
        "no key to check tokens with",
        "give --jwt-secret-file FILE (rtserve token --new-secret makes a secret), or --dev to try it");
  }
  config.rules = *std::move(rules);
  config.jwks_url = options.jwks_url;
  config.jwks_refresh = options.jwks_refresh;
  config.token_places = {options.cookie_name, options.allow_query_token};
  config.cors_origins = options.cors_origins;
  auto store = read_store(options);
  if (!store) return std::unexpected(store.error());
  config.store = *std::move(store);
  config.retain_events = options.retain_events;
  config.retain_for = options.retain_for;
  config.heartbeat = options.heartbeat;
  config.max_stream_age = options.max_stream_age;
  config.clients_max = options.clients_max;
  config.limits = options.limits;
  config.event_bytes_max = options.event_bytes_max;
  config.request_timeout = options.request_timeout;
  config.shutdown_grace = options.shutdown_grace;
  config.threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  config.log_level = options.log_level;
  config.log_format = options.log_format;
  return config;
}

}  // namespace

base::Result<void> check_command_line(int argc, char** argv) {
  constexpr std::string_view k_name = "--store=";
  for (int at = 1; at < argc; ++at) {
    std::string_view text = argv[at];
    if (text.starts_with(k_name)) text.remove_prefix(k_name.size());
    const auto store = store::parse_store_url(text);
    if (store && !store->redis.password.empty())
      return wrong("--store: a password on the command line can be read by every user of this machine",
                   "put it into a file for --redis-password-file, or --store into the configuration file or "
                   "$RTSERVE_STORE");
  }
  return {};
}

base::Result<auth::Rules> make_rules(const Options& options) {
  return with_place(options, read_rules(options));
}

base::Result<server::Config> make_config(const Options& options) {
  return with_place(options, read_config(options));
}

}  // namespace rt::rtserve
