// SPDX-License-Identifier: MIT
// How a tool takes part in a pipeline: a reader of its standard output that went away ends it as SIGPIPE
// would (141 in a shell), while a connection that went away is an error like any other. Main thread, before
// others start.
#pragma once

namespace rt::cli {

// Writing to a closed pipe or socket then gives EPIPE. Call first thing in main.
void ignore_broken_pipes();

// Ends the process by this signal's default action, so that the caller's shell sees it.
[[noreturn]] void end_by_signal(int signal_number);

}  // namespace rt::cli
