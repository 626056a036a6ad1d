// SPDX-License-Identifier: MIT
#include "rtserve/run.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "base/log.h"
#include "cli/exit_code.h"
#include "client/http_connection.h"
#include "rtserve/config.h"
#include "server/instance.h"

namespace rt::rtserve {
namespace {

constexpr const char* k_program = "rtserve";
constexpr std::chrono::hours k_dev_token_ttl{24};
constexpr std::chrono::seconds k_fetch_timeout{10};

// Ready to paste, or to `eval`: exports first, the rest as comments.
void print_dev_help(const server::Config& config, const net::ListenAddress& address,
                    const base::Clock& clock) {
  const auto signs = [](const auth::Key& key) { return key.serves(auth::Algorithm::hs256); };
  const auto key = std::ranges::find_if(config.rules.keys, signs);
  auth::TokenRequest request;
  request.subject = "dev";
  request.role = "admin";
  request.issuer = config.rules.options.issuer;
  request.audience = config.rules.options.audience;
  request.issued_at = clock.wall();
  request.expires_at = request.issued_at + k_dev_token_ttl;
  const std::string token = auth::make_token(request, *key);
  std::printf(
      "export RT_SERVER=%s://%s\n"
      "export RT_TOKEN=%s\n"
      "# Paste the lines above into other terminals, then try:\n"
      "#   rtwatch driver D-7\n"
      "#   rtpush driver D-7 --lat 43.6532 --lon -79.3832 --heading 180 --speed 45.5\n"
      "#   rtstat\n"
      "#   curl -N -H \"Authorization: Bearer $RT_TOKEN\" $RT_SERVER%s\n",
      config.tls ? "https" : "http", net::to_string(address).c_str(), token.c_str(),
      model::stream_path({model::Kind::driver, "D-7"}).c_str());
  std::fflush(stdout);
}

base::Result<std::string> fetch(const std::string& url) {
  const auto parts = client::parse_url(url);
  const std::size_t at = url.find('/', url.find("//") + 2);
  auto connection = client::HttpConnection::open({url.substr(0, at), {}, {}, false, {}});
  if (!parts || !connection) return base::fail(base::ErrorKind::unavailable, "it is no URL to fetch from");
  auto answer = (*connection)->get(at == std::string::npos ? "/" : url.substr(at), k_fetch_timeout);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200)
    return base::fail(base::ErrorKind::unavailable, "it answers " + std::to_string(answer->status));
  return std::move(answer->body);
}

base::Result<server::Config> read_again(const Options& options, int argc, char** argv) {
  auto again = parse_options_again(argc, argv);
  if (!again) return std::unexpected(again.error());
  again->dev_secret = options.dev_secret;
  return make_config(*again);
}

int serve(const Options& options, server::Config config, int argc, char** argv) {
  const sigset_t signals = server::Instance::signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on files (ulimit -f) is a full disk, not the end
  base::set_up_log(config.log_level, config.log_format);
  static const base::SystemClock clock;
  auto opened = server::Instance::open(
      config, {RT_VERSION, [&] { return read_again(options, argc, argv); }, fetch}, clock);
  if (!opened) return cli::report(k_program, opened.error());
  server::Instance& instance = **opened;
  instance.start();
  for (const net::ListenAddress& address : instance.addresses()) {
    base::log(base::LogLevel::info, "serving",
              {{"address", net::to_string(address)}, {"version", RT_VERSION}});
  }
  base::log(base::LogLevel::info, "serving metrics and health",
            {{"address", net::to_string(instance.admin_address())}});
  if (options.dev) print_dev_help(config, instance.addresses().front(), clock);
  instance.run_until_signal();
  opened->reset();
  base::log(base::LogLevel::info, "stopped");
  return cli::k_ok;
}

int check_health(const Options& options) {
  auto connection = client::HttpConnection::open({"http://" + options.admin_listen, {}, {}, false, {}});
  if (!connection) return cli::report(k_program, connection.error());
  auto answer = (*connection)->get("/readyz", std::chrono::seconds(5));
  if (!answer) answer.error().kind = base::ErrorKind::unavailable;
  if (!answer) return cli::report(k_program, answer.error());
  std::printf("%s\n", answer->body.c_str());
  return answer->status == 200 ? cli::k_ok : cli::k_busy;
}

}  // namespace

int run(Options options, int argc, char** argv) {
  static const base::SystemClock clock;
  if (auto checked = check_command_line(argc, argv); !checked) return cli::report(k_program, checked.error());
  if (options.dev) options.dev_secret = auth::new_secret();
  if (options.token_command.chosen) {
    // The file that the environment names may be the one that is being made.
    if (options.token_command.new_secret) return run_token(options.token_command, clock);
    if (!options.token_command.secret_file.empty())
      options.jwt_secret_files = {options.token_command.secret_file};
    auto rules = make_rules(options);
    if (!rules) return cli::report(k_program, rules.error());
    options.token_command.rules = *std::move(rules);
    return run_token(options.token_command, clock);
  }
  if (options.healthcheck) return check_health(options);
  auto config = make_config(options);
  if (!config) return cli::report(k_program, config.error());
  if (options.check_config) {
    std::printf("the configuration is valid\n");
    return cli::k_ok;
  }
  return serve(options, *std::move(config), argc, argv);
}

}  // namespace rt::rtserve
