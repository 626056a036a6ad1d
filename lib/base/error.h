// SPDX-License-Identifier: MIT
// Error: the one way in which a function of ours says that it failed. Values, never exceptions: a call
// returns Result<T>, and main turns an Error into one line on stderr and an exit code (cli/exit_code.h).
// Pure values; any thread.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace rt::base {

enum class ErrorKind {
  usage,          // the command line is wrong
  invalid,        // input that was read is wrong
  not_found,      // a file or a resource is not there
  denied,         // 401 or 403
  unavailable,    // could not connect, or the peer went away
  busy,           // 429 or 503
  refused,        // the peer refused for another reason
  not_a_stream,   // an answer that is no event stream
  timeout,        // the time allowed ran out
  io,             // reading or writing failed
  configuration,  // a configuration file or a server option is wrong
  internal,       // a fault of ours
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string what;  // one sentence without a final full stop; never a secret
  std::string hint;  // what to do about it, or empty
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string what, std::string hint = {}) {
  return std::unexpected(Error{kind, std::move(what), std::move(hint)});
}

}  // namespace rt::base
