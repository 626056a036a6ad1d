// SPDX-License-Identifier: MIT
// What rtserve does once its options are known: serve, check the configuration, or ask a running server.
// Main thread; returns the exit code.
#pragma once

#include "rtserve/options.h"

namespace rt::rtserve {

// The arguments are parsed again on SIGHUP, with the configuration file as it is then.
int run(Options options, int argc, char** argv);

}  // namespace rt::rtserve
