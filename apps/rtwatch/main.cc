// SPDX-License-Identifier: MIT
// rtwatch: follows orders, delivery runs and drivers in a terminal.
#include <CLI/CLI.hpp>

#include "cli/client_options.h"
#include "cli/exit_code.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "rtwatch/options.h"
#include "rtwatch/run.h"

int main(int argc, char** argv) {
  using namespace rt;
  cli::fill_standard_descriptors();
  cli::ignore_broken_pipes();
  return cli::guarded("rtwatch", [&]() -> int {
    CLI::App app;
    rtwatch::Options options;
    rtwatch::define_options(app, options);
    if (const auto code = cli::parse(app, argc, argv, cli::client_config_paths())) return *code;
    const auto ended = rtwatch::run(options);
    return ended ? cli::k_ok : cli::report("rtwatch", ended.error());
  });
}
