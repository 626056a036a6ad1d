// SPDX-License-Identifier: MIT
// rtstat's command line as values. CLI11 is included in options.cc and main.cc alone. Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/client_options.h"
#include "client/stats.h"
#include "client/streams.h"
#include "rtstat/check.h"

namespace CLI {
class App;
}

namespace rt::rtstat {

enum class Format { table, json, ndjson, csv, prom, value };
enum class Command { counts, top };

struct TopOptions {
  std::string admin = "http://127.0.0.1:3001";
  client::StreamOrder sort = client::StreamOrder::lag;
  std::uint64_t limit = 20;
};

struct Options {
  Command command = Command::counts;
  cli::ClientOptions client;
  std::optional<Format> format;
  std::string field;  // of Format::value
  client::StatsScope scope = client::StatsScope::instance;
  bool details = false;
  bool check = false;
  std::vector<Threshold> warn;
  std::vector<Threshold> crit;
  bool watch = false;
  std::chrono::milliseconds interval{2'000};
  std::chrono::milliseconds timeout{10'000};
  TopOptions top;
};

void define_options(CLI::App& app, Options& options);

}  // namespace rt::rtstat
