// SPDX-License-Identifier: MIT
// rtpush: publishes order and run updates and driver positions.
#include "cli/exit_code.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "rtpush/options.h"
#include "rtpush/run.h"

namespace {

int run(int argc, char** argv) {
  const auto options = rt::rtpush::parse_options(argc, argv);
  if (!options) {
    return options.error();
  }
  switch (options->command) {
    case rt::rtpush::Command::update:
      return rt::rtpush::run_update(*options);
    case rt::rtpush::Command::driver:
      return rt::rtpush::run_driver(*options);
    case rt::rtpush::Command::gps:
    case rt::rtpush::Command::raw:
      break;
  }
  return rt::rtpush::run_feed(*options);
}

}  // namespace

int main(int argc, char** argv) {
  rt::cli::fill_standard_descriptors();
  rt::cli::ignore_broken_pipes();
  return rt::cli::guarded("rtpush", [&] { return run(argc, argv); });
}
