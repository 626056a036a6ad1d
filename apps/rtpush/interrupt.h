// SPDX-License-Identifier: MIT
// SIGINT and SIGTERM, and SIGALRM when the time is over, end a feed after what it has in hand, so that its
// summary is printed; a second one ends the process at once. Main thread.
#pragma once

#include <chrono>

namespace rt::rtpush {

// `time_max`: 0 is without end.
void catch_interrupts(std::chrono::milliseconds time_max);
// The signal that came, or 0.
int caught_signal();

}  // namespace rt::rtpush
