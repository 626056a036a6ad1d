// SPDX-License-Identifier: MIT
// rtwatch's command line as values. CLI11 is included in options.cc and main.cc alone. Main thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/client_options.h"
#include "cli/event_format.h"
#include "client/backoff.h"
#include "model/resource.h"

namespace CLI {
class App;
}

namespace rt::rtwatch {

struct Options {
  cli::ClientOptions client;
  std::array<std::vector<std::string>, model::k_kind_count> ids;  // by model::index_of()
  std::vector<std::string> patterns;
  std::string path;  // --path: a path of the server's, or a whole URL
  std::optional<cli::EventFormat> format;
  std::uint64_t count = 0;  // 0: without end
  std::chrono::milliseconds timeout{0};
  std::string until;  // K=V
  std::string last_event_id;
  std::string state_file;
  std::string exec;  // a shell command
  client::Backoff backoff;
  bool notices = false;
  bool print_curl = false;
};

void define_options(CLI::App& app, Options& options);

}  // namespace rt::rtwatch
