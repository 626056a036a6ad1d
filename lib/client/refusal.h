// SPDX-License-Identifier: MIT
// What an answer that is no success comes to: an Error in words for people. Pure; any thread.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "client/http_connection.h"

namespace rt::client {

// "the server refused: 404, no such stream". Kinds: denied (401, 403), not_found (404), busy (429, 503),
// invalid (400, 413, 422), refused (the others; for a redirect the hint says where to).
base::Error refusal(const Answer& answer);

// Adds to a denial what we know of our own token: that there is none, or when it expired.
void explain_denial(base::Error& error, const std::string& token, base::WallTime now);

}  // namespace rt::client
