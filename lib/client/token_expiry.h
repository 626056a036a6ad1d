// SPDX-License-Identifier: MIT
// When does a token of our own run out? For messages to people only: the signature is not looked at. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace rt::client {

// The `exp` of a JSON Web Token's payload (RFC 7519 section 4.1.4); nothing when there is none to be read.
std::optional<base::WallTime> token_expiry(std::string_view token);

}  // namespace rt::client
