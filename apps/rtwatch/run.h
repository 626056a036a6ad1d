// SPDX-License-Identifier: MIT
// The run of rtwatch: follows the stream and prints, until -C, --until or the server (204) says that it is
// enough. Main thread. -W and a reader that went away end the process from a thread beside it
// (cli/standard_output.h).
#pragma once

#include "base/error.h"
#include "rtwatch/options.h"

namespace rt::rtwatch {

base::Result<void> run(const Options& options);

}  // namespace rt::rtwatch
