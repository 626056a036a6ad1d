// SPDX-License-Identifier: MIT
// Verifier: a token's text in, its rights out. It remembers what it has verified, so that a storm of
// reconnects does not cost a signature check each; what it remembers is bounded, keyed by the token's SHA-256
// (no token is kept), and checked against the time anew. What was refused is not remembered. Each shard has
// its own; that thread alone. A change of the rules is a new Verifier.
#pragma once

#include <expected>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "auth/token.h"
#include "auth/verified.h"
#include "base/clock.h"

namespace rt::auth {

class Verifier {
 public:
  // What is kept at most: two generations of so many tokens, or as many fewer as have so many patterns in
  // their rights together (a token of a thousand topics takes 100 KB).
  struct Budget {
    std::size_t tokens = std::size_t{16} * 1024;
    std::size_t patterns = std::size_t{64} * 1024;
  };

  explicit Verifier(std::shared_ptr<const Rules> rules) : Verifier(std::move(rules), Budget()) {}
  Verifier(std::shared_ptr<const Rules> rules, Budget budget) : rules_(std::move(rules)), budget_(budget) {}

  std::expected<std::shared_ptr<const Token>, TokenError> verify(std::string_view token, base::WallTime now);

  std::size_t remembered() const { return young_.tokens.size() + old_.tokens.size(); }

 private:
  struct Known {
    std::shared_ptr<const Token> token;
    ValidTimes times;
  };
  struct ByFingerprint {
    std::size_t operator()(const TokenDigest& digest) const { return fingerprint_of(digest); }
  };
  using Tokens = std::unordered_map<TokenDigest, Known, ByFingerprint>;
  struct Generation {
    Tokens tokens;
    std::size_t patterns = 0;
  };

  const Known* find(const TokenDigest& digest);
  void forget(const TokenDigest& digest);
  void remember(const TokenDigest& digest, Known known);

  std::shared_ptr<const Rules> rules_;
  Budget budget_;
  // What is looked up in the old generation moves to the young one; when that is full, it becomes the old
  // one.
  Generation young_, old_;
};

}  // namespace rt::auth
