// SPDX-License-Identifier: MIT
// SIGINT and SIGTERM end a feed after what it has in hand, so that its summary is printed; a second one ends
// the process at once. Main thread.
#pragma once

namespace rt::rtpush {

void catch_interrupts();
// The signal that came, or 0.
int caught_signal();

}  // namespace rt::rtpush
