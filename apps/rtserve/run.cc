// SPDX-License-Identifier: MIT
#include "rtserve/run.h"

#include <pthread.h>

#include <cstdio>

#include "base/log.h"
#include "cli/exit_code.h"
#include "client/http_connection.h"
#include "server/instance.h"

namespace rt::rtserve {
namespace {

constexpr const char* k_program = "rtserve";
constexpr std::chrono::hours k_dev_token_ttl{24};

// Ready to paste, or to `eval`: exports first, the rest as comments.
void print_dev_help(const server::Config& config, const net::ListenAddress& address,
                    const base::Clock& clock) {
  auth::TokenRequest request;
  request.subject = "dev";
  request.role = "admin";
  request.issuer = config.token.issuer;
  request.audience = config.token.audience;
  request.issued_at = clock.wall();
  request.expires_at = request.issued_at + k_dev_token_ttl;
  const std::string token = auth::make_token(request, config.keys.front());
  std::printf(
      "export RT_SERVER=http://%s\n"
      "export RT_TOKEN=%s\n"
      "# Paste the lines above into other terminals, then try:\n"
      "#   rtwatch driver D-7\n"
      "#   rtpush driver D-7 --lat 43.6532 --lon -79.3832 --heading 180 --speed 45.5\n"
      "#   rtstat\n"
      "#   curl -N -H \"Authorization: Bearer $RT_TOKEN\" $RT_SERVER%s\n",
      net::to_string(address).c_str(), token.c_str(),
      model::stream_path({model::Kind::driver, "D-7"}).c_str());
  std::fflush(stdout);
}

int serve(const Options& options, server::Config config) {
  const sigset_t signals = server::Instance::signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  base::set_up_log(config.log_level, config.log_format);
  static const base::SystemClock clock;
  auto opened = server::Instance::open(config, RT_VERSION, clock);
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
  const auto answer = (*connection)->get("/readyz", std::chrono::seconds(5));
  if (!answer) return cli::report(k_program, answer.error());
  std::printf("%s\n", answer->body.c_str());
  return answer->status == 200 ? cli::k_ok : cli::k_busy;
}

}  // namespace

int run(Options options) {
  static const base::SystemClock clock;
  if (options.token_command.chosen) {
    if (options.token_command.secret_file.empty())
      options.token_command.secret_file = options.jwt_secret_file;
    options.token_command.rules = token_options(options);
    return run_token(options.token_command, clock);
  }
  if (options.healthcheck) return check_health(options);
  auto config = make_config(options);
  if (!config) return cli::report(k_program, config.error());
  if (options.check_config) {
    std::printf("the configuration is valid\n");
    return cli::k_ok;
  }
  return serve(options, *std::move(config));
}

}  // namespace rt::rtserve
