// SPDX-License-Identifier: MIT
// `rtserve token`: makes tokens and secrets, and says what a token is worth. Main thread; reads, when told
// to, one line of stdin; writes to stdout and stderr. The keys are handed in; it reads no file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/token.h"
#include "base/clock.h"
#include "model/resource.h"

namespace CLI {
class App;
}

namespace rt::rtserve {

struct TokenCommandOptions {
  // In place of the files that the server's options name.
  std::string secret_file;
  // What the server itself goes by, filled in by the caller, so that a token made here is one that it takes,
  // and
  // --verify gives its verdict.
  auth::Rules rules;
  std::string subject;
  std::string role;
  std::map<model::Kind, std::vector<std::string>> ids;  // --order, --run, --driver
  std::string ttl = "1h";
  std::string verify;  // a token, or "-" for stdin
  bool new_secret = false;
  bool chosen = false;  // set when the command line has the subcommand
};

// Adds the subcommand to rtserve's options.
void add_token_command(CLI::App& app, TokenCommandOptions& options);

// The exit code: 0, 64 (the options do not go together), 74, 77 (--verify: not valid), 78 (no key).
int run_token(const TokenCommandOptions& options, const base::Clock& clock);

}  // namespace rt::rtserve
