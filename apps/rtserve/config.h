// SPDX-License-Identifier: MIT
// What the options of rtserve come to: checked against each other, files read. Main thread; at the start and
// again on SIGHUP.
#pragma once

#include "auth/token.h"
#include "base/error.h"
#include "rtserve/options.h"
#include "server/config.h"

namespace rt::rtserve {

// What tokens are measured by, for the server and `rtserve token` alike.
base::Result<auth::Rules> make_rules(const Options& options);

// What every user of the machine can read must not hold a password.
base::Result<void> check_command_line(int argc, char** argv);

// Errors (kind configuration) name the option, or the line of the configuration file that gave it.
base::Result<server::Config> make_config(const Options& options);

}  // namespace rt::rtserve
