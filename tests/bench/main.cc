// SPDX-License-Identifier: MIT
// rtload: load for rtserve that checks every delivery. tests/bench/README.md says what is measured.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <fstream>

#include "bench/options.h"
#include "cli/command_line.h"
#include "cli/exit_code.h"
#include "cli/signals.h"

namespace {

using namespace rt;

base::Result<bench::Outcome> run(bench::Options& options) {
  std::ifstream token(options.token_file);
  if (!options.token_file.empty() && !std::getline(token, options.common.endpoint.token))
    return base::fail(base::ErrorKind::not_found, options.token_file + ": holds no token");
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  switch (options.scenario) {
    case bench::Scenario::storm:
      return bench::run_storm(options.common, options.storm);
    case bench::Scenario::dispatchers:
      return bench::run_dispatchers(options.common, options.dispatchers);
    case bench::Scenario::fan:
    case bench::Scenario::none:
      break;
  }
  return bench::run_fan(options.common, options.fan);
}

}  // namespace

int main(int argc, char** argv) {
  cli::ignore_broken_pipes();
  CLI::App app;
  bench::Options options;
  bench::define_options(app, options);
  if (const auto code = cli::parse(app, argc, argv, {})) return *code;
  const auto outcome = run(options);
  if (!outcome) return cli::report("rtload", outcome.error());
  outcome->report.print();
  return outcome->faults == 0 ? cli::k_ok : cli::k_refused;
}
