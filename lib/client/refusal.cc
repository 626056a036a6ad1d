// SPDX-License-Identifier: MIT
#include "client/refusal.h"

#include "base/text.h"
#include "base/time_text.h"
#include "client/token_expiry.h"

namespace rt::client {
namespace {

base::ErrorKind kind_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return base::ErrorKind::denied;
    case 404:
      return base::ErrorKind::not_found;
    case 429:
    case 503:
      return base::ErrorKind::busy;
    default:
      return base::ErrorKind::refused;
  }
}

}  // namespace

base::Error refusal(const Answer& answer) {
  base::Error error{kind_of(answer.status), "the server answered " + std::to_string(answer.status), {}};
  if (const auto detail = answer.detail(); !detail.empty()) error.what += ": " + detail;
  const auto location = answer.headers.find("location");
  if (answer.status / 100 == 3 && location != answer.headers.end()) {
    // What stands in the query may be a secret of a login page.
    error.hint = "it points to " +
                 base::printable(location->second.substr(0, location->second.find_first_of("?#")), 200);
  }
  return error;
}

void explain_denial(base::Error& error, const std::string& token, base::WallTime now) {
  if (error.kind != base::ErrorKind::denied) return;
  if (token.empty()) {
    error.hint = "no token was sent; see --token-file and $RT_TOKEN_FILE";
    return;
  }
  const auto expiry = token_expiry(token);
  if (expiry && *expiry <= now)
    error.hint = "the token expired at " + base::format_time(*expiry) + "; get a new one";
}

}  // namespace rt::client
