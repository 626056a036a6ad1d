// SPDX-License-Identifier: MIT
// rtstat: how many follow orders, delivery runs and drivers just now.
#include <CLI/CLI.hpp>

#include "cli/client_options.h"
#include "cli/exit_code.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "rtstat/options.h"
#include "rtstat/run.h"

int main(int argc, char** argv) {
  using namespace rt;
  cli::fill_standard_descriptors();
  cli::ignore_broken_pipes();
  return cli::guarded("rtstat", [&]() -> int {
    CLI::App app;
    rtstat::Options options;
    rtstat::define_options(app, options);
    if (const auto code = cli::parse(app, argc, argv, cli::client_config_paths())) return *code;
    const auto ended = rtstat::run(options);
    return ended ? cli::k_ok : cli::report("rtstat", ended.error());
  });
}
