// SPDX-License-Identifier: MIT
// Cross-origin requests (WHATWG Fetch, CORS protocol): which origins may read our answers, and the answer to
// a preflight. Off unless origins are configured. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "server/config.h"

namespace rt::server {

using Fields = std::vector<std::pair<std::string, std::string>>;

// The fields that an answer to this request carries; none when its origin is not allowed or there is none.
Fields cors_fields(const Config& config, const http::Request& request);
// The answer to OPTIONS, preflight or not; `allowed` is the Allow field's value.
http::Response options_response(const http::Request& request, std::string_view allowed, const Fields& cors);
// May a request that changes something be authorised by a cookie? Only from our own origin or an allowed one.
bool origin_may_write(const Config& config, const http::Request& request);

}  // namespace rt::server
