// SPDX-License-Identifier: MIT
// What rtpush does, a function for each kind of command. Each returns the exit code. Main thread.
#pragma once

#include "rtpush/options.h"

namespace rt::rtpush {

inline constexpr const char* k_program = "rtpush";

// `order`, `run`: one event from --set, --json or a file.
int run_update(const Options& options);
// `driver`: one position.
int run_driver(const Options& options);
// `gps`, `raw`: as many events as the input has.
int run_feed(const Options& options);

}  // namespace rt::rtpush
