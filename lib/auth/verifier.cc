// SPDX-License-Identifier: MIT
#include "auth/verifier.h"

namespace rt::auth {
namespace {

std::size_t pattern_count(const Token& token) {
  return token.rights.subscribe_patterns().size() + token.rights.publish_patterns().size();
}

}  // namespace

std::expected<std::shared_ptr<const Token>, TokenError> Verifier::verify(std::string_view token,
                                                                         base::WallTime now) {
  // Before anything is spent on it.
  if (token.size() > k_token_bytes_max) return std::unexpected(verify_timeless(token, *rules_).error());
  const TokenDigest digest = digest_of(token);
  if (const Known* known = find(digest)) {
    if (auto checked = check_times(known->times, rules_->options, now); !checked) {
      if (checked.error().fault == TokenFault::expired) forget(digest);
      return std::unexpected(std::move(checked).error());
    }
    return known->token;
  }
  auto verified = verify_timeless(token, *rules_);
  if (!verified) return std::unexpected(std::move(verified).error());
  if (auto checked = check_times(verified->times, rules_->options, now); !checked)
    return std::unexpected(std::move(checked).error());
  verified->token.fingerprint = fingerprint_of(digest);
  auto shared = std::make_shared<const Token>(std::move(verified->token));
  remember(digest, {shared, verified->times});
  return shared;
}

const Verifier::Known* Verifier::find(const TokenDigest& digest) {
  if (const auto at = young_.tokens.find(digest); at != young_.tokens.end()) return &at->second;
  const auto at = old_.tokens.find(digest);
  if (at == old_.tokens.end()) return nullptr;
  Known known = std::move(at->second);
  old_.patterns -= pattern_count(*known.token);
  old_.tokens.erase(at);
  remember(digest, std::move(known));
  return &young_.tokens.find(digest)->second;
}

// Only what find() has just found, which is therefore in the young generation.
void Verifier::forget(const TokenDigest& digest) {
  const auto at = young_.tokens.find(digest);
  young_.patterns -= pattern_count(*at->second.token);
  young_.tokens.erase(at);
}

void Verifier::remember(const TokenDigest& digest, Known known) {
  const std::size_t patterns = pattern_count(*known.token);
  if (young_.tokens.size() >= budget_.tokens || young_.patterns + patterns > budget_.patterns) {
    old_ = std::move(young_);
    young_ = {};
  }
  young_.patterns += patterns;
  young_.tokens.insert_or_assign(digest, std::move(known));
}

}  // namespace rt::auth
