// SPDX-License-Identifier: MIT
// rtstat: how many follow orders, delivery runs and drivers just now.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "cli/client_options.h"
#include "cli/exit_code.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "rtstat/options.h"
#include "rtstat/run.h"

namespace {

// Also of a command line that is wrong elsewhere: whoever runs checks takes 64 for an answer of another kind.
bool is_check(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc,
                     [](const char* argument) { return argument == std::string_view("--check"); });
}

}  // namespace

int main(int argc, char** argv) {
  using namespace rt;
  cli::fill_standard_descriptors();
  cli::ignore_broken_pipes();
  return cli::guarded("rtstat", [&]() -> int {
    CLI::App app;
    rtstat::Options options;
    rtstat::define_options(app, options);
    if (const auto code = cli::parse(app, argc, argv, cli::client_config_paths()))
      return *code == cli::k_ok || !is_check(argc, argv) ? *code : static_cast<int>(rtstat::Verdict::unknown);
    if (options.check) {
      const auto verdict = rtstat::run_check(options);
      return static_cast<int>(verdict.value_or(rtstat::Verdict::unknown));
    }
    const auto ended = rtstat::run(options);
    return ended ? cli::k_ok : cli::report("rtstat", ended.error());
  });
}
