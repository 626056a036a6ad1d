// SPDX-License-Identifier: MIT
// rtpush's command line as values. CLI11 is included in options.cc alone. Main thread.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "cli/client_options.h"
#include "gps/reader.h"
#include "gps/sieve.h"
#include "model/resource.h"

namespace CLI {
class App;
}

namespace rt::rtpush {

enum class Command { update, driver, gps, raw };
enum class OutputFormat { text, json };
enum class OnError { skip, stop };

// `order`, `run`
struct UpdateOptions {
  model::Kind kind = model::Kind::order;
  std::string id;
  std::vector<std::string> sets;    // K=V or K:=JSON
  std::optional<std::string> json;  // --json
  std::string file;                 // -f; "-" is stdin
};

// `driver`
struct DriverOptions {
  std::string id;
  double latitude = 0, longitude = 0;
  std::optional<double> heading, speed;
  std::string time;
};

// `gps`, `raw`
struct FeedOptions {
  std::vector<std::string> files;  // none: stdin
  OnError on_error = OnError::skip;
  std::string driver;            // gps: whose positions these are; empty: the input says
  gps::Options reader;           // gps
  gps::SieveOptions sieve;       // gps
  std::optional<double> replay;  // gps: at the fixes' own times, that many times faster
};

struct Options {
  cli::ClientOptions client;
  Command command = Command::update;
  bool dry_run = false;
  std::chrono::milliseconds timeout{0};  // 0: none
  OutputFormat output = OutputFormat::text;
  UpdateOptions update;
  DriverOptions driver;
  FeedOptions feed;
};

// Describes the whole command line to `app`, which then writes into `options`.
void add_options(CLI::App& app, Options& options);

// A number: exit with it.
std::expected<Options, int> parse_options(int argc, char** argv);

}  // namespace rt::rtpush
