// SPDX-License-Identifier: MIT
// The file that holds the secret for HS256, for the server and `rtserve token` alike. The one part of this
// room that touches the file system. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "auth/key.h"
#include "base/error.h"

namespace rt::auth {

inline constexpr std::size_t k_secret_file_bytes_max = 8 * 1024;

// Errors (kind configuration) name the file: not there, not readable, too large, the secret too short, or
// readable or writable by anyone but its owner.
base::Result<Key> read_secret_file(const std::string& path);

}  // namespace rt::auth
