// SPDX-License-Identifier: MIT
// The files that keys are in, for the server and `rtserve token` alike. The one part of this room that
// touches the file system. Any thread. Errors are of kind configuration and name the file: not there, not
// readable, too large, open to others, or what is wrong with what it holds; never a part of that.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "auth/jwks.h"
#include "auth/key.h"
#include "base/error.h"

namespace rt::auth {

inline constexpr std::size_t k_secret_file_bytes_max = std::size_t{8} * 1024;

// Refused when anyone but its owner could read or write it, but for a credential that systemd hands over.
base::Result<Key> read_secret_file(const std::string& path);

// A password, without the line end behind it. Refused like a secret file, and when it is empty.
base::Result<std::string> read_password_file(const std::string& path);

// PEM, as parse_public_keys() has it. Refused when everybody could write it.
base::Result<std::vector<Key>> read_public_keys(const std::string& path);

// With secrets, as private as a secret file; else like a file of public keys.
base::Result<Jwks> read_jwks_file(const std::string& path);

}  // namespace rt::auth
