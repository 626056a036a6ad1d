// SPDX-License-Identifier: MIT
// The run of rtstat: asks for the counts, or the streams, and prints them, once or again and again. Main
// thread.
#pragma once

#include "base/error.h"
#include "rtstat/options.h"

namespace rt::rtstat {

// With --watch, a server that is away for a while is said on stderr and waited for, once it has answered.
base::Result<void> run(const Options& options);
// --check: one line, also where the counts cannot be had. An error: it could not be written.
base::Result<Verdict> run_check(const Options& options);

}  // namespace rt::rtstat
