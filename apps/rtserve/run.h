// SPDX-License-Identifier: MIT
// What rtserve does once its options are known: serve, check the configuration, or ask a running server.
// Main thread; each returns the exit code.
#pragma once

#include "rtserve/options.h"

namespace rt::rtserve {

int run(Options options);

}  // namespace rt::rtserve
