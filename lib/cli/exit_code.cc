// SPDX-License-Identifier: MIT
#include "cli/exit_code.h"

#include <cstdio>
#include <new>
#include <typeinfo>

namespace rt::cli {

int exit_code_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::usage:
      return k_usage;
    case base::ErrorKind::invalid:
      return k_data_rejected;
    case base::ErrorKind::not_found:
      return k_no_input;
    case base::ErrorKind::denied:
      return k_denied;
    case base::ErrorKind::unavailable:
      return k_unavailable;
    case base::ErrorKind::busy:
      return k_busy;
    case base::ErrorKind::refused:
      return k_refused;
    case base::ErrorKind::not_a_stream:
      return k_not_a_stream;
    case base::ErrorKind::timeout:
      return k_timeout;
    case base::ErrorKind::io:
      return k_io;
    case base::ErrorKind::configuration:
      return k_configuration;
    case base::ErrorKind::internal:
      return k_internal;
  }
  return k_internal;
}

int report(const char* program, const base::Error& error) {
  std::fprintf(stderr, "%s: %s\n", program, error.what.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "%s: %s\n", program, error.hint.c_str());
  return exit_code_of(error.kind);
}

int guarded(const char* program, const std::function<int()>& run) {
  try {
    return run();
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "%s: out of memory\n", program);
  } catch (const std::exception& error) {
    // Its type alone: what a library says may hold what it was given.
    std::fprintf(stderr, "%s: a fault of %s itself: %s\n", program, program, typeid(error).name());
  }
  return k_internal;
}

}  // namespace rt::cli
