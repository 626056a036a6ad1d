// SPDX-License-Identifier: MIT
// --exec: a shell command for each event, which has it as a line of NDJSON on its standard input, and
// RT_EVENT_ID and RT_EVENT_TYPE in its environment. One after the other; the stream waits. Main thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace rt::rtwatch {

// Returns when the command has ended. What its exit status says, when it is not 0: "exit status 3",
// "ended by signal 9"; else empty. Error: io, when it could not be started.
base::Result<std::string> exec_command(const std::string& command, std::string_view id, std::string_view type,
                                       std::string_view line);

}  // namespace rt::rtwatch
