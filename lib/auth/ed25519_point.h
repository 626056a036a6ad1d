// SPDX-License-Identifier: MIT
// Whether 32 octets are the public key of an Ed25519 pair. OpenSSL takes any octets for one, and finds out at
// the first signature. For this room alone. Pure; any thread.
#pragma once

#include <string_view>

namespace rt::auth {

// False for what is no point of the curve (RFC 8032 section 5.1.3), and for its eight points of small order,
// for which anybody can make signatures.
bool is_ed25519_public_key(std::string_view octets);

}  // namespace rt::auth
