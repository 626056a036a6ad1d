// SPDX-License-Identifier: MIT
// The request target and the Host field (RFC 9112 section 3.2, RFC 3986 section 3.2). Inner part of
// http/request_parser.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"

namespace rt::http {

// Views into the target.
struct Target {
  std::string_view path;
  std::string_view query;
};

// Origin-form, absolute-form with http or https (what its authority names is ignored: rtserve has one host),
// or
// `*` for OPTIONS. Nothing for any other form, a fragment, or bytes beyond ASCII.
std::optional<Target> split_target(std::string_view target, Method method);

// A host, not empty and without user information, then perhaps a port.
bool is_valid_host(std::string_view host);

}  // namespace rt::http
