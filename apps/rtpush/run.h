// SPDX-License-Identifier: MIT
// What rtpush does, a function for each kind of command. Each returns the exit code. Main thread.
#pragma once

#include "model/event.h"
#include "rtpush/options.h"

namespace rt::rtpush {

inline constexpr const char* k_program = "rtpush";
// For our memory's sake; the server's own limit (--max-event-bytes) may be another.
inline constexpr model::EventLimits k_event_limits{.event_bytes_max = std::size_t{4} * 1024 * 1024};

// `order`, `run`: one event from --set, --json or a file.
int run_update(const Options& options);
// `driver`: one position.
int run_driver(const Options& options);
// `gps`, `raw`: as many events as the input has.
int run_feed(const Options& options);

}  // namespace rt::rtpush
