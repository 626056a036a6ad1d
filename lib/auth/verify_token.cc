// SPDX-License-Identifier: MIT
// The order of the steps is the point: the header is looked at before a key is, the claims only once a key of
// ours has signed them (RFC 8725 sections 3.1 to 3.3).
#include <algorithm>
#include <array>

#include "auth/claims.h"
#include "auth/jwks.h"
#include "auth/members.h"
#include "auth/verified.h"
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

struct Header {
  Algorithm algorithm;
  std::optional<std::string> key_id;
};

std::expected<Header, TokenError> read_header(std::string_view part) {
  const auto json = decode(part, "header");
  if (!json) return std::unexpected(json.error());
  const auto members = parse_unique_members(*json, "the token's header");
  if (!members) return refuse(TokenFault::malformed, members.error());
  for (const std::string_view refused : k_refused_members)
    if (find_member(*members, refused) != nullptr)
      return refuse(TokenFault::algorithm,
                    "the token's header holds " + std::string(refused) + ", which is refused");
  const auto is_string = [](const model::JsonMember* m) { return m->type == model::JsonType::string; };
  const auto* type = find_member(*members, "typ");
  if (type != nullptr && (!is_string(type) || !is_known_type(type->text)))
    return refuse(TokenFault::algorithm, "the token's typ is neither JWT nor at+jwt");
  const auto* id = find_member(*members, "kid");
  if (id != nullptr && (!is_string(id) || id->text.size() > k_key_id_bytes_max))
    return refuse(TokenFault::malformed,
                  "the token's kid is no string of at most " + std::to_string(k_key_id_bytes_max) + " bytes");
  const auto* name = find_member(*members, "alg");
  const auto algorithm = algorithm_named(name != nullptr && is_string(name) ? name->text : std::string());
  if (!algorithm) return refuse(TokenFault::algorithm, "the token's algorithm is none of those taken");
  return Header{*algorithm, id == nullptr ? std::nullopt : std::optional(id->text)};
}

// The keys to try, in their order.
struct Candidates {
  std::vector<const Key*> keys;
  bool is_id_known = true;
};

Candidates candidates_for(const Header& header, const std::vector<Key>& keys) {
  Candidates out;
  const auto named = [&](const Key& key) { return key.id() == header.key_id; };
  out.is_id_known = !header.key_id || std::ranges::any_of(keys, named);
  for (const Key& key : keys) {
    const bool fits = !header.key_id || (out.is_id_known ? named(key) : key.id().empty());
    if (fits && key.serves(header.algorithm)) out.keys.push_back(&key);
  }
  if (out.keys.size() > k_signature_checks_max) out.keys.resize(k_signature_checks_max);
  return out;
}

std::expected<void, TokenError> check_signature(const Parts& parts, const Header& header,
                                                const std::vector<Key>& keys) {
  const auto signature = decode(parts.signature, "signature");
  if (!signature) return std::unexpected(signature.error());
  const Candidates candidates = candidates_for(header, keys);
  const auto signed_by = [&](const Key* key) {
    return key->verifies(header.algorithm, parts.signed_text, *signature);
  };
  if (std::ranges::any_of(candidates.keys, signed_by)) return {};
  if (!candidates.is_id_known)
    return refuse(TokenFault::unknown_key, "the token's kid is that of no key of ours");
  if (candidates.keys.empty())
    return refuse(TokenFault::algorithm, "there is no key for the token's algorithm");
  return refuse(TokenFault::signature, "the token's signature is not of a key of ours");
}

std::expected<void, TokenError> check_parties(const Claims& claims, const TokenOptions& options) {
  if (!options.issuer.empty() && claims.issuer != options.issuer)
    return refuse(TokenFault::issuer, "the token's iss is not the issuer that is asked for");
  if (!options.audience.empty() &&
      std::ranges::find(claims.audience, options.audience) == claims.audience.end())
    return refuse(TokenFault::audience, "the token's aud does not name this server");
  return {};
}

Rights rights_of(Claims& claims, const Rules& rules) {
  Rights rights;
  if (rules.authorization == Authorization::authenticated) rights.grant_subscribe({});
  // A role is as good as the same one twice, which would only cost.
  std::ranges::sort(claims.roles);
  const auto repeated = std::ranges::unique(claims.roles);
  claims.roles.erase(repeated.begin(), repeated.end());
  for (const std::string& role : claims.roles) rules.roles.grant(rights, role, claims.subject, claims.listed);
  for (auto& pattern : claims.rt_subscribe) rights.grant_subscribe(std::move(pattern));
  for (auto& pattern : claims.rt_publish) rights.grant_publish(std::move(pattern));
  if (claims.rt_stats) rights.grant_stats();
  return rights;
}

}  // namespace

std::string_view name_of(TokenFault fault) {
  constexpr std::array<std::string_view, k_token_fault_count> names = {
      "malformed",     "algorithm", "unknown_key", "signature", "expired",
      "not_yet_valid", "issuer",    "audience",    "no_expiry"};
  static_assert(static_cast<std::size_t>(TokenFault::no_expiry) + 1 == names.size());
  return names[static_cast<std::size_t>(fault)];
}

std::expected<Verified, TokenError> verify_timeless(std::string_view token, const Rules& rules) {
  const auto parts = cut(token);
  if (!parts) return std::unexpected(parts.error());
  const auto header = read_header(parts->header);
  if (!header) return std::unexpected(header.error());
  if (auto checked = check_signature(*parts, *header, rules.keys); !checked)
    return std::unexpected(checked.error());
  const auto json = decode(parts->claims, "claim set");
  if (!json) return std::unexpected(json.error());
  auto claims = parse_claims(*json);
  if (!claims) return refuse(TokenFault::malformed, claims.error());
  if (!claims->expires_at && !rules.options.eternal_tokens_allowed)
    return refuse(TokenFault::no_expiry, "the token has no exp");
  if (auto checked = check_parties(*claims, rules.options); !checked) return std::unexpected(checked.error());
  Rights rights = rights_of(*claims, rules);
  return Verified{{std::move(claims->subject), 0, claims->expires_at, std::move(rights)},
                  {claims->expires_at, claims->not_before, claims->issued_at}};
}

std::expected<void, TokenError> check_times(const ValidTimes& times, const TokenOptions& options,
                                            base::WallTime now) {
  const auto ahead = [&](const auto& time) { return time && *time - options.leeway > now; };
  if (times.expires_at && now >= *times.expires_at + options.leeway)
    return refuse(TokenFault::expired, "the token expired at " + base::format_time(*times.expires_at));
  if (ahead(times.not_before))
    return refuse(TokenFault::not_yet_valid,
                  "the token is not valid before " + base::format_time(*times.not_before));
  if (ahead(times.issued_at))
    return refuse(TokenFault::not_yet_valid,
                  "the token was issued in the future, at " + base::format_time(*times.issued_at));
  return {};
}

std::expected<Token, TokenError> verify_token(std::string_view token, const Rules& rules,
                                              base::WallTime now) {
  auto verified = verify_timeless(token, rules);
  if (!verified) return std::unexpected(std::move(verified).error());
  if (auto checked = check_times(verified->times, rules.options, now); !checked)
    return std::unexpected(std::move(checked).error());
  verified->token.fingerprint = fingerprint_of(digest_of(token));
  return std::move(verified->token);
}

}  // namespace rt::auth
