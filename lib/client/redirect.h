// SPDX-License-Identifier: MIT
// Where a redirect leads, by the Fetch standard (section 4.4, HTTP-redirect fetch), which EventSource
// follows. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "client/http_connection.h"

namespace rt::client {

struct Place {
  std::string server;  // scheme, host, port
  std::string path;    // with the query
};

inline constexpr int k_redirects_max = 20;

// Nothing when `answer`, which came from `from`, is no redirect, or leads to what is not http(s).
std::optional<Place> redirect_target(const Place& from, const Answer& answer);

// Changes the server; where that is another origin, what says who we are is left behind.
void move_to(Server& server, const std::string& url);

}  // namespace rt::client
