// SPDX-License-Identifier: MIT
// Tokens: JSON Web Tokens (RFC 7519, 7515, 8725), verified and made. Pure: the time is handed in. Neither an
// error nor a log line ever holds a token or a part of one.
#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key.h"
#include "auth/rights.h"
#include "auth/roles.h"
#include "base/clock.h"
#include "http/message.h"

namespace rt::auth {

inline constexpr std::size_t k_token_bytes_max = std::size_t{8} * 1024;

struct TokenOptions {
  std::chrono::seconds leeway{30};
  bool eternal_tokens_allowed = false;  // accept tokens without exp
  std::string issuer{};                 // required `iss` when not empty
  std::string audience{};               // required in `aud` (string or array) when not empty
};

// Whom a token without a fitting claim is: deny by default, or let everybody with a valid token read
// everything.
enum class Authorization : std::uint8_t { claims, authenticated };

// What a token is measured by. A value, read by all shards, replaced as a whole when something changes.
struct Rules {
  std::vector<Key> keys;
  TokenOptions options;
  RoleTable roles;
  Authorization authorization = Authorization::claims;
};

struct Token {
  std::string subject;
  std::uint64_t fingerprint = 0;  // of the token's bytes, to tell tokens apart without keeping them
  std::optional<base::WallTime> expires_at;  // exp, without leeway
  Rights rights;
};

enum class TokenFault : std::uint8_t {
  malformed,    // not three parts of strict base64url JSON, a repeated or ill-typed claim
  algorithm,    // not that of a key of ours, `none`, or a header member that we refuse (crit, jku, x5u, jwk)
  unknown_key,  // its kid is that of no key of ours, and no key without a kid signed it
  signature,
  expired,
  not_yet_valid,  // nbf or iat lie ahead
  issuer,
  audience,
  no_expiry,
};
inline constexpr std::size_t k_token_fault_count = static_cast<std::size_t>(TokenFault::no_expiry) + 1;
std::string_view name_of(TokenFault fault);  // "not_yet_valid": the label in the metrics

// How many keys are tried on one token: what a token may cost.
inline constexpr std::size_t k_signature_checks_max = 8;

struct TokenError {
  TokenFault fault;
  std::string what;  // "the token expired at 2026-01-01T00:00:00.000Z"
};

// Roles and claims as in section 3 of the contract: role/roles, orders, runs, drivers, rt. A token that names
// a key (kid) is held against the keys of that name, else against those without one; a token that names none,
// against all that serve its algorithm.
std::expected<Token, TokenError> verify_token(std::string_view token, const Rules& rules, base::WallTime now);

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
// With HS256, unless the key is for another only. Empty when the key cannot sign.
std::string make_token(const TokenRequest& request, const Key& key);

// Where a request carries its token: `Authorization: Bearer`, else the cookie, else `token` in the query when
// that is allowed. Nothing when nowhere. A malformed Authorization field is an empty token, which no key
// verifies.
struct TokenPlaces {
  std::string cookie_name = "rt_token";
  bool query_allowed = false;
};
enum class TokenPlace { header, cookie, query };
struct FoundToken {
  std::string_view text;
  TokenPlace place;
  std::unique_ptr<std::string> decoded;  // what text views where it is no part of the request as sent
};
std::optional<FoundToken> find_token(const http::Request& request, const TokenPlaces& places);

}  // namespace rt::auth
