// SPDX-License-Identifier: MIT
#include "rtstat/options.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace rt::rtstat {
namespace {

constexpr const char* k_examples =
    "Examples:\n"
    "  rtstat                                    # counts, once\n"
    "  rtstat -w -i 1                            # again every second\n"
    "  rtstat -o json | jq .totalClients";

constexpr std::chrono::milliseconds k_interval_min{100};

}  // namespace

void define_options(CLI::App& app, Options& options) {
  cli::prepare(app, "rtstat", RT_VERSION);
  app.description("Show how many follow orders, delivery runs and drivers at an rtserve.");
  app.footer(k_examples);
  cli::add_choice(
      app, "-o,--output", {"table", "json"},
      [&options](std::size_t i) { options.format = static_cast<Format>(i); },
      "Output format (default table on a terminal, else json)");
  cli::add_choice(
      app, "--scope", {"instance", "cluster"},
      [&options](std::size_t i) { options.scope = static_cast<client::StatsScope>(i); },
      "That server, or all on the same Redis (default instance)");
  app.add_flag("-w,--watch", options.watch, "Keep refreshing");
  cli::add_duration(app, "-i,--interval", options.interval, "Time between two refreshes (default 2)")
      ->check([](const std::string& text) {
        return cli::parse_seconds(text).value_or(k_interval_min) >= k_interval_min ? std::string()
                                                                                   : "at least 100ms";
      });
  cli::add_duration(app, "-W,--timeout", options.timeout, "Give up after that time (default 10)");
  cli::add_client_options(app, options.client);
}

}  // namespace rt::rtstat
