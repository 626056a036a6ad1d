// SPDX-License-Identifier: MIT
// Tokens put together by hand, so that a test may sign what make_token() would never say.
#pragma once

#include <string>
#include <string_view>

#include "auth/token.h"

namespace rt::auth {

inline constexpr std::string_view k_hs256_header = R"({"alg":"HS256","typ":"JWT"})";

inline Key test_key(char filler = 'k') {
  return Key::from_secret(std::string(32, filler)).value();
}

inline Rules rules_of(std::vector<Key> keys, TokenOptions options = {}) {
  return {.keys = std::move(keys), .options = std::move(options), .roles = {}};
}

inline std::string signed_token(std::string_view claims, std::string_view header = k_hs256_header,
                                const Key& key = test_key()) {
  const std::string text = base64url_encode(header) + '.' + base64url_encode(claims);
  return text + '.' + base64url_encode(key.sign(Algorithm::hs256, text));
}

// 2023-11-14T22:13:20Z.
inline constexpr base::WallTime k_now{std::chrono::seconds(1'700'000'000)};
inline constexpr std::string_view k_exp = R"("exp":1700003600)";

// The claims with a good `exp` beside them.
inline std::string with_exp(std::string_view claims) {
  return "{" + std::string(k_exp) + (claims.empty() ? "" : ",") + std::string(claims) + "}";
}

}  // namespace rt::auth
