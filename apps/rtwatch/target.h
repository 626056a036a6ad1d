// SPDX-License-Identifier: MIT
// What to follow: the stream's path on which server, from the IDs, patterns and --path of the command line.
// Pure.
#pragma once

#include <string>

#include "base/error.h"
#include "rtwatch/options.h"

namespace rt::rtwatch {

struct Target {
  std::string server;  // scheme, host, port
  std::string path;    // with the query
  // The token is for --server. A whole URL of another server does not get it.
  bool takes_token = true;
};

base::Result<Target> find_target(const Options& options);

}  // namespace rt::rtwatch
