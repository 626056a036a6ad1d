// SPDX-License-Identifier: MIT
#include "auth/verifier.h"

#include <doctest/doctest.h>

#include <set>

#include "auth/jwks.h"
#include "auth/signed_token.h"
#include "auth/signer.h"

using namespace rt::auth;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const Rules> shared_rules(TokenOptions options = {}) {
  return std::make_shared<const Rules>(rules_of({test_key()}, std::move(options)));
}

std::string token_of(const std::string& subject, const std::string& more = {}) {
  return signed_token(with_exp(R"("sub":")" + subject + "\",\"role\":\"driver\"" + more));
}

std::optional<TokenFault> fault(Verifier& verifier, const std::string& token,
                                rt::base::WallTime now = k_now) {
  const auto verified = verifier.verify(token, now);
  return verified ? std::nullopt : std::optional(verified.error().fault);
}

}  // namespace

TEST_CASE("a token is verified once, and what is remembered says the same") {
  Verifier verifier(shared_rules());
  const std::string token = token_of("D-7");
  const auto first = verifier.verify(token, k_now), second = verifier.verify(token, k_now + 1s);
  REQUIRE(first.has_value());
  CHECK(*first == *second);
  CHECK(verifier.remembered() == 1);
  const auto afresh = verify_token(token, *shared_rules(), k_now);
  CHECK((*first)->subject == afresh->subject);
  CHECK((*first)->expires_at == afresh->expires_at);
  CHECK((*first)->fingerprint == afresh->fingerprint);
  CHECK((*first)->rights.publish_patterns() == afresh->rights.publish_patterns());
}

TEST_CASE("fingerprints tell tokens apart") {
  Verifier verifier(shared_rules());
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i)
    seen.insert(verifier.verify(token_of(std::to_string(i)), k_now).value()->fingerprint);
  CHECK(seen.size() == 100);
  CHECK_FALSE(seen.contains(0));
}

TEST_CASE("a remembered token expires when its time has come, and is forgotten") {
  Verifier verifier(shared_rules());
  const std::string token = token_of("D-7");
  CHECK(fault(verifier, token) == std::nullopt);
  CHECK(fault(verifier, token, k_now + 1h + 29s) == std::nullopt);
  CHECK(fault(verifier, token, k_now + 1h + 30s) == TokenFault::expired);
  CHECK(verifier.remembered() == 0);
  CHECK(fault(verifier, token, k_now + 1h + 30s) == TokenFault::expired);
  // A clock that is set back makes it valid again, as it would be to who has never seen it.
  CHECK(fault(verifier, token, k_now) == std::nullopt);
}

TEST_CASE("a clock that is set back makes a remembered token not yet valid") {
  for (const char* claim : {"nbf", "iat"}) {
    Verifier verifier(shared_rules());
    const std::string token = token_of("D-7", ",\"" + std::string(claim) + "\":1700000000");
    CHECK(fault(verifier, token) == std::nullopt);
    CHECK(fault(verifier, token, k_now - 30s) == std::nullopt);
    CHECK(fault(verifier, token, k_now - 31s) == TokenFault::not_yet_valid);
    CHECK(fault(verifier, token) == std::nullopt);
  }
}

TEST_CASE("what was refused is not remembered") {
  Verifier verifier(shared_rules());
  CHECK(fault(verifier, "") == TokenFault::malformed);
  CHECK(fault(verifier, std::string(k_token_bytes_max + 1, 'a')) == TokenFault::malformed);
  CHECK(fault(verifier, signed_token(with_exp(""), k_hs256_header, test_key('f'))) == TokenFault::signature);
  CHECK(fault(verifier, signed_token(R"({"exp":1})")) == TokenFault::expired);
  CHECK(fault(verifier, token_of("D-7", ",\"nbf\":1700000100")) == TokenFault::not_yet_valid);
  CHECK(verifier.remembered() == 0);
  CHECK(fault(verifier, token_of("D-7", ",\"nbf\":1700000100"), k_now + 70s) == std::nullopt);
}

TEST_CASE("a token that differs in one byte from a remembered one is another") {
  Verifier verifier(shared_rules());
  const std::string token = token_of("D-7");
  CHECK(fault(verifier, token) == std::nullopt);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    CHECK(fault(verifier, other).has_value());
  }
  CHECK(fault(verifier, token + '=').has_value());
  CHECK(fault(verifier, token.substr(0, token.size() - 1)).has_value());
  CHECK(verifier.remembered() == 1);
}

TEST_CASE("no more is remembered than two generations of the budget, and what is used stays") {
  Verifier verifier(shared_rules(), {.tokens = 10, .patterns = 1000});
  const std::string used = token_of("used");
  const auto first = verifier.verify(used, k_now);
  REQUIRE(first.has_value());
  for (int i = 0; i < 200; ++i) {
    CHECK(fault(verifier, token_of(std::to_string(i))) == std::nullopt);
    CHECK(verifier.remembered() <= 20);
    if (i % 8 == 0) CHECK(verifier.verify(used, k_now).value() == *first);
  }
  const auto forgotten = verifier.verify(token_of("0"), k_now);
  CHECK(forgotten.has_value());
}

TEST_CASE("tokens with many topics are counted by their topics") {
  std::string ids = "\"0\"";
  for (int i = 1; i < 50; ++i) ids += ",\"" + std::to_string(i) + '"';
  Verifier verifier(shared_rules(), {.tokens = 1000, .patterns = 120});
  for (int i = 0; i < 20; ++i) {
    CHECK(fault(verifier, token_of(std::to_string(i), ",\"orders\":[" + ids + "]")) == std::nullopt);
    CHECK(verifier.remembered() <= 4);  // each has 52 patterns
  }
  // One that is beyond the budget by itself is verified all the same.
  Verifier small(shared_rules(), {.tokens = 10, .patterns = 1});
  for (int i = 0; i < 20; ++i) {
    CHECK(fault(small, token_of("a")) == std::nullopt);
    CHECK(fault(small, token_of("b")) == std::nullopt);
    CHECK(small.remembered() <= 2);
  }
}

TEST_CASE("every algorithm's tokens are remembered alike") {
  using Type = Signer::Type;
  for (const auto& [type, algorithm] :
       {std::pair(Type::rsa2048, Algorithm::ps256), {Type::p256, Algorithm::es256}}) {
    const Signer& signer = Signer::of(type);
    auto keys = parse_public_keys(signer.public_pem()).value();
    Verifier verifier(std::make_shared<const Rules>(rules_of(keys)));
    const std::string text = base64url_encode(R"({"alg":")" + std::string(name_of(algorithm)) + "\"}") + '.' +
                             base64url_encode(with_exp(""));
    const std::string one = text + '.' + base64url_encode(signer.sign(algorithm, text));
    const std::string two = text + '.' + base64url_encode(signer.sign(algorithm, text));
    CHECK(fault(verifier, one) == std::nullopt);
    CHECK(fault(verifier, one) == std::nullopt);
    CHECK(fault(verifier, two) == std::nullopt);
    CHECK(verifier.remembered() == 2);
  }
}
