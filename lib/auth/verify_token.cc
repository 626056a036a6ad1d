// SPDX-License-Identifier: MIT
// The order of the steps is the point: the header is looked at before a key is, the claims only once a key of
// ours has signed them (RFC 8725 sections 3.1 to 3.3).
#include <algorithm>
#include <array>

#include "auth/claims.h"
#include "auth/roles.h"
#include "auth/token.h"
#include "base/text.h"
#include "base/time_text.h"

namespace rt::auth {
namespace {

// Members that would have the token name its own key, or that we would have to understand (RFC 7515
// section 4.1).
constexpr std::array<std::string_view, 5> k_refused_members = {"crit", "jku", "jwk", "x5c", "x5u"};

struct Parts {
  std::string_view header, claims, signature;
  std::string_view signed_text;  // header and claims with the dot between them
};

std::unexpected<TokenError> refuse(TokenFault fault, std::string what) {
  return std::unexpected(TokenError{fault, std::move(what)});
}

std::expected<Parts, TokenError> cut(std::string_view token) {
  if (token.size() > k_token_bytes_max)
    return refuse(TokenFault::malformed,
                  "the token is longer than " + std::to_string(k_token_bytes_max) + " bytes");
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos)
    return refuse(TokenFault::malformed, "the token does not have three parts");
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

std::expected<std::string, TokenError> decode(std::string_view part, const char* name) {
  auto bytes = base64url_decode(part);
  if (!bytes) return refuse(TokenFault::malformed, std::string("the token's ") + name + " is not base64url");
  return std::move(*bytes);
}

// RFC 7515 section 4.1.9 and RFC 9068 section 4.
bool is_known_type(std::string_view type) {
  constexpr std::string_view prefix = "application/";
  if (base::equal_ignoring_case(type.substr(0, prefix.size()), prefix)) type.remove_prefix(prefix.size());
  return base::equal_ignoring_case(type, "JWT") || base::equal_ignoring_case(type, "at+jwt");
}

std::optional<Algorithm> find_algorithm(std::string_view name) {
  if (name == "HS256") return Algorithm::hs256;
  return {};
}

std::expected<Algorithm, TokenError> read_header(std::string_view part) {
  const auto json = decode(part, "header");
  if (!json) return std::unexpected(json.error());
  const auto members = parse_unique_members(*json, "the token's header");
  if (!members) return refuse(TokenFault::malformed, members.error());
  std::optional<Algorithm> algorithm;
  for (const model::JsonMember& member : *members) {
    const bool is_string = member.type == model::JsonType::string;
    if (member.key == "alg") {
      algorithm = is_string ? find_algorithm(member.text) : std::nullopt;
    } else if (member.key == "typ") {
      if (!is_string || !is_known_type(member.text))
        return refuse(TokenFault::algorithm, "the token's typ is neither JWT nor at+jwt");
    } else if (std::ranges::find(k_refused_members, member.key) != k_refused_members.end()) {
      return refuse(TokenFault::algorithm, "the token's header holds " + member.key + ", which is refused");
    }
  }
  if (!algorithm) return refuse(TokenFault::algorithm, "the token's algorithm is not HS256");
  return *algorithm;
}

std::expected<void, TokenError> check_signature(const Parts& parts, Algorithm algorithm,
                                                const std::vector<Key>& keys) {
  const auto signature = decode(parts.signature, "signature");
  if (!signature) return std::unexpected(signature.error());
  const auto fits = [&](const Key& key) { return key.algorithm() == algorithm; };
  if (std::ranges::none_of(keys, fits))
    return refuse(TokenFault::algorithm, "there is no key for the token's algorithm");
  const auto signed_by = [&](const Key& key) {
    return fits(key) && key.verifies(parts.signed_text, *signature);
  };
  if (std::ranges::none_of(keys, signed_by))
    return refuse(TokenFault::signature, "the token's signature is not of a key of ours");
  return {};
}

std::expected<void, TokenError> check_times(const Claims& claims, const TokenOptions& options,
                                            base::WallTime now) {
  const auto ahead = [&](const auto& time) { return time && *time - options.leeway > now; };
  if (!claims.expires_at && !options.eternal_tokens_allowed)
    return refuse(TokenFault::no_expiry, "the token has no exp");
  if (claims.expires_at && now >= *claims.expires_at + options.leeway)
    return refuse(TokenFault::expired, "the token expired at " + base::format_time(*claims.expires_at));
  if (ahead(claims.not_before))
    return refuse(TokenFault::not_yet_valid,
                  "the token is not valid before " + base::format_time(*claims.not_before));
  if (ahead(claims.issued_at))
    return refuse(TokenFault::not_yet_valid,
                  "the token was issued in the future, at " + base::format_time(*claims.issued_at));
  return {};
}

std::expected<void, TokenError> check_parties(const Claims& claims, const TokenOptions& options) {
  if (!options.issuer.empty() && claims.issuer != options.issuer)
    return refuse(TokenFault::issuer, "the token's iss is not the issuer that is asked for");
  if (!options.audience.empty() &&
      std::ranges::find(claims.audience, options.audience) == claims.audience.end())
    return refuse(TokenFault::audience, "the token's aud does not name this server");
  return {};
}

Rights rights_of(Claims& claims) {
  Rights rights;
  for (const std::string& role : claims.roles) grant_role(rights, role, claims.subject, claims.listed);
  for (auto& pattern : claims.rt_subscribe) rights.grant_subscribe(std::move(pattern));
  for (auto& pattern : claims.rt_publish) rights.grant_publish(std::move(pattern));
  if (claims.rt_stats) rights.grant_stats();
  return rights;
}

}  // namespace

std::expected<Token, TokenError> verify_token(std::string_view token, const std::vector<Key>& keys,
                                              const TokenOptions& options, base::WallTime now) {
  const auto parts = cut(token);
  if (!parts) return std::unexpected(parts.error());
  const auto algorithm = read_header(parts->header);
  if (!algorithm) return std::unexpected(algorithm.error());
  if (auto checked = check_signature(*parts, *algorithm, keys); !checked)
    return std::unexpected(checked.error());
  const auto json = decode(parts->claims, "claim set");
  if (!json) return std::unexpected(json.error());
  auto claims = parse_claims(*json);
  if (!claims) return refuse(TokenFault::malformed, claims.error());
  if (auto checked = check_times(*claims, options, now); !checked) return std::unexpected(checked.error());
  if (auto checked = check_parties(*claims, options); !checked) return std::unexpected(checked.error());
  return Token{claims->subject, claims->expires_at, rights_of(*claims)};
}

}  // namespace rt::auth
