// SPDX-License-Identifier: MIT
// rtserve: live updates of orders, delivery runs and drivers over Server-Sent Events.
#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "cli/exit_code.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "rtserve/options.h"
#include "rtserve/run.h"

int main(int argc, char** argv) {
  using namespace rt;
  cli::fill_standard_descriptors();
  cli::ignore_broken_pipes();
  return cli::guarded("rtserve", [&]() -> int {
    CLI::App app;
    rtserve::Options options;
    rtserve::define_options(app, options);
    const auto take_section = [&options](const cli::ConfigEntry& entry) {
      return rtserve::take_section(options, entry);
    };
    if (const auto code = cli::parse(app, argc, argv, rtserve::config_paths(), take_section)) return *code;
    options.places = cli::layers_of(app).places();
    cli::hide_in_argv(argc, argv, "--verify");
    return rtserve::run(std::move(options), argc, argv);
  });
}
