// SPDX-License-Identifier: MIT
// The two halves of verifying a token: what is true of it for ever under the same rules, and what the time
// decides. Between them stands the cache of verifier.h. For this room alone. Pure; any thread.
#pragma once

#include <array>
#include <chrono>
#include <expected>
#include <optional>
#include <string_view>

#include "auth/token.h"

namespace rt::auth {

struct ValidTimes {
  std::optional<std::chrono::sys_seconds> expires_at, not_before, issued_at;
};

struct Verified {
  Token token;
  ValidTimes times;
};

std::expected<Verified, TokenError> verify_timeless(std::string_view token, const Rules& rules);
std::expected<void, TokenError> check_times(const ValidTimes& times, const TokenOptions& options,
                                            base::WallTime now);

// SHA-256.
using TokenDigest = std::array<unsigned char, 32>;
TokenDigest digest_of(std::string_view token);
std::uint64_t fingerprint_of(const TokenDigest& digest);

}  // namespace rt::auth
