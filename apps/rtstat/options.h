// SPDX-License-Identifier: MIT
// rtstat's command line as values. CLI11 is included in options.cc and main.cc alone. Main thread.
#pragma once

#include <chrono>
#include <optional>

#include "cli/client_options.h"
#include "client/stats.h"

namespace CLI {
class App;
}

namespace rt::rtstat {

enum class Format { table, json };

struct Options {
  cli::ClientOptions client;
  std::optional<Format> format;
  client::StatsScope scope = client::StatsScope::instance;
  bool watch = false;
  std::chrono::milliseconds interval{2'000};
  std::chrono::milliseconds timeout{10'000};
};

void define_options(CLI::App& app, Options& options);

}  // namespace rt::rtstat
