// SPDX-License-Identifier: MIT
// The command line of rtload. Main thread.
#pragma once

#include <string>

#include "bench/scenario.h"

namespace CLI {
class App;
}

namespace rt::bench {

enum class Scenario { none, fan, storm, dispatchers };

struct Options {
  Scenario scenario = Scenario::none;
  std::string token_file;
  Common common;
  FanOptions fan;
  StormOptions storm;
  DispatchersOptions dispatchers;
};

void define_options(CLI::App& app, Options& options);

}  // namespace rt::bench
