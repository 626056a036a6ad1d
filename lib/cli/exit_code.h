// SPDX-License-Identifier: MIT
// The exit codes of the suite (sysexits.h where it has one) and what an Error comes to. Pure.
#pragma once

#include <functional>

#include "base/error.h"

namespace rt::cli {

enum ExitCode : int {
  k_ok = 0,
  k_refused = 1,
  k_usage = 64,
  k_data_rejected = 65,
  k_no_input = 66,
  k_unavailable = 69,
  k_internal = 70,
  k_io = 74,
  k_busy = 75,
  k_not_a_stream = 76,
  k_denied = 77,
  k_configuration = 78,
  k_timeout = 124,
};

int exit_code_of(base::ErrorKind kind);

// Prints `program: what` and the hint, if any, on stderr; returns the exit code.
int report(const char* program, const base::Error& error);

// The whole of a main. What nobody below has caught, for want of memory for instance, ends with k_internal.
int guarded(const char* program, const std::function<int()>& run);

}  // namespace rt::cli
