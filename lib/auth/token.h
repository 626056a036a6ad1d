// SPDX-License-Identifier: MIT
// Tokens: JSON Web Tokens (RFC 7519, 7515, 8725), verified and made. Today HS256; each key is bound to its
// algorithm, so that further ones are added in key.cc without a change here. Pure: the time is handed in.
// Neither an error nor a log line ever holds a token or a part of one.
#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key.h"
#include "auth/rights.h"
#include "base/clock.h"
#include "http/message.h"

namespace rt::auth {

inline constexpr std::size_t k_token_bytes_max = 8 * 1024;

struct TokenOptions {
  std::chrono::seconds leeway{30};
  bool eternal_tokens_allowed = false;  // accept tokens without exp
  std::string issuer{};                 // required `iss` when not empty
  std::string audience{};               // required in `aud` (string or array) when not empty
};

struct Token {
  std::string subject;
  std::optional<base::WallTime> expires_at;  // exp, without leeway
  Rights rights;
};

enum class TokenFault {
  malformed,  // not three parts of strict base64url JSON, a repeated or ill-typed claim
  algorithm,  // not that of a key of ours, `none`, or a header member that we refuse (crit, jku, x5u, jwk)
  signature,
  expired,
  not_yet_valid,  // nbf or iat lie ahead
  issuer,
  audience,
  no_expiry,
};

struct TokenError {
  TokenFault fault;
  std::string what;  // "the token expired at 2026-01-01T00:00:00.000Z"
};

// Roles and claims as in section 3 of the contract: role/roles, orders, runs, drivers, rt.
std::expected<Token, TokenError> verify_token(std::string_view token, const std::vector<Key>& keys,
                                              const TokenOptions& options, base::WallTime now);

// What `rtserve token` signs.
struct TokenRequest {
  std::string subject;
  std::string role;                                     // empty: none
  std::map<model::Kind, std::vector<std::string>> ids;  // claims `orders`, `runs`, `drivers`
  std::vector<std::string> rt_subscribe, rt_publish;    // claim `rt`
  std::string issuer, audience;                         // claims `iss`, `aud`; empty: none
  base::WallTime issued_at;
  base::WallTime expires_at;
};
std::string make_token(const TokenRequest& request, const Key& key);

// Where a request carries its token: `Authorization: Bearer`, else the cookie, else `token` in the query when
// that is allowed. Nothing when nowhere. A malformed Authorization field is an empty token, which no key
// verifies.
struct TokenPlaces {
  std::string cookie_name = "rt_token";
  bool query_allowed = false;
};
std::optional<std::string> find_token(const http::Request& request, const TokenPlaces& places);

}  // namespace rt::auth
