// SPDX-License-Identifier: MIT
// Which keys a token is held against: by its kid, its algorithm, and how many.
#include <doctest/doctest.h>

#include "auth/jwks.h"
#include "auth/signed_token.h"
#include "auth/signer.h"

using namespace rt::auth;
using Type = Signer::Type;

namespace {

using Verdict = std::optional<TokenFault>;  // nothing: accepted

Key public_key_of(Type type) {
  return parse_public_keys(Signer::of(type).public_pem()).value().front();
}

std::string header(std::string_view algorithm, std::string_view id = {}) {
  std::string out = R"({"alg":")" + std::string(algorithm) + '"';
  if (!id.empty()) out += R"(,"kid":")" + std::string(id) + '"';
  return out + '}';
}

std::string signed_by(const Signer& signer, Algorithm algorithm, const std::string& with_header) {
  const std::string text = base64url_encode(with_header) + '.' + base64url_encode(with_exp(""));
  return text + '.' + base64url_encode(signer.sign(algorithm, text));
}

std::string signed_by(const Key& key, const std::string& with_header,
                      Algorithm algorithm = Algorithm::hs256) {
  const std::string text = base64url_encode(with_header) + '.' + base64url_encode(with_exp(""));
  return text + '.' + base64url_encode(key.sign(algorithm, text));
}

Verdict verdict(std::string_view token, std::vector<Key> keys) {
  const auto verified = verify_token(token, rules_of(std::move(keys)), k_now);
  return verified ? Verdict{} : Verdict{verified.error().fault};
}

struct Row {
  Type type;
  Algorithm algorithm;
};
constexpr Row k_rows[] = {{Type::rsa2048, Algorithm::rs256}, {Type::rsa2048, Algorithm::rs384},
                          {Type::rsa2048, Algorithm::rs512}, {Type::rsa2048, Algorithm::ps256},
                          {Type::p256, Algorithm::es256},    {Type::p384, Algorithm::es384},
                          {Type::ed25519, Algorithm::eddsa}};

}  // namespace

TEST_CASE("a token of each algorithm is verified with the right key among several") {
  std::vector<Key> keys = {test_key()};
  for (const Type type : {Type::rsa2048, Type::p256, Type::p384, Type::ed25519})
    keys.push_back(public_key_of(type));
  for (const auto& [type, algorithm] : k_rows) {
    const std::string name(name_of(algorithm));
    CHECK(verdict(signed_by(Signer::of(type), algorithm, header(name)), keys) == std::nullopt);
    CHECK(verdict(signed_by(Signer::of(type), algorithm, header(name)), {test_key()}) ==
          TokenFault::algorithm);
    CHECK(verdict(signed_by(Signer(type), algorithm, header(name)), keys) == TokenFault::signature);
  }
  for (const Algorithm algorithm : {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512})
    CHECK(verdict(signed_by(test_key(), header(name_of(algorithm)), algorithm), keys) == std::nullopt);
}

TEST_CASE("a token cannot choose how a key is used") {
  for (const auto& [type, algorithm] : k_rows) {
    const Signer& signer = Signer::of(type);
    const std::vector<Key> keys = {public_key_of(type)};
    // Signed with HMAC, the public key's text for a secret.
    for (const std::string& secret : {signer.public_pem(), signer.jwk(), signer.certificate()})
      for (const Algorithm hs : {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512}) {
        const Key forger = Key::from_secret(secret).value();
        CHECK(verdict(signed_by(forger, header(name_of(hs)), hs), keys) == TokenFault::algorithm);
        CHECK(verdict(signed_by(forger, header(name_of(algorithm)), hs), keys) == TokenFault::signature);
      }
    // A right signature under another name.
    for (const auto& [other_type, other] : k_rows)
      if (other != algorithm)
        CHECK(verdict(signed_by(signer, algorithm, header(name_of(other))), keys).has_value());
    for (const char* none : {"none", "None", "NONE", "nOnE", ""})
      CHECK(verdict(signed_by(signer, algorithm, header(none)), keys) == TokenFault::algorithm);
  }
}

TEST_CASE("a kid chooses among the keys of that name, and only without one among those without a name") {
  const Key a = test_key('a').with_id("a"), b = test_key('b').with_id("b"), nameless = test_key('n');
  const auto of = [](char filler, std::string_view id) {
    return signed_by(test_key(filler), header("HS256", id));
  };
  CHECK(verdict(of('a', "a"), {a, b}) == std::nullopt);
  CHECK(verdict(of('b', "b"), {a, b}) == std::nullopt);
  CHECK(verdict(of('a', "b"), {a, b}) == TokenFault::signature);
  CHECK(verdict(of('n', "a"), {a, nameless}) == TokenFault::signature);
  CHECK(verdict(of('n', "c"), {a, nameless}) == std::nullopt);
  CHECK(verdict(of('a', "c"), {a, nameless}) == TokenFault::unknown_key);
  CHECK(verdict(of('a', "c"), {a, b}) == TokenFault::unknown_key);
  CHECK(verdict(of('a', "A"), {a, b}) == TokenFault::unknown_key);
  CHECK(verdict(of('a', ""), {nameless, a, b}) == std::nullopt);
  CHECK(verdict(of('b', ""), {nameless, a, b}) == std::nullopt);
  CHECK(verdict(of('x', ""), {nameless, a, b}) == TokenFault::signature);
  CHECK(verdict(of('a', "a"), {}) == TokenFault::unknown_key);
}

TEST_CASE(
    "a kid that no key has is unknown also where the algorithm is of no key, as new keys may bring both") {
  const std::string token = signed_by(Signer::of(Type::p256), Algorithm::es256, header("ES256", "new"));
  CHECK(verdict(token, {test_key()}) == TokenFault::unknown_key);
  CHECK(verdict(token, {public_key_of(Type::p384).with_id("new")}) == TokenFault::algorithm);
  CHECK(verdict(token, {public_key_of(Type::p384).with_id("new"),
                        public_key_of(Type::p256).with_id("new")}) == std::nullopt);
}

TEST_CASE("an empty kid is that of the keys without one; a kid of another type, or too long, is malformed") {
  const auto of = [](const std::string& id) {
    return signed_by(test_key(), R"({"alg":"HS256","kid":)" + id + '}');
  };
  CHECK(verdict(of(R"("")"), {test_key()}) == std::nullopt);
  CHECK(verdict(of(R"("")"), {test_key().with_id("a")}) == TokenFault::unknown_key);
  for (const char* id : {"1", "null", "true", "[\"a\"]", "{}"})
    CHECK(verdict(of(id), {test_key()}) == TokenFault::malformed);
  const std::string longest(k_key_id_bytes_max, 'k');
  CHECK(verdict(of('"' + longest + '"'), {test_key().with_id(longest)}) == std::nullopt);
  CHECK(verdict(of('"' + longest + "k\""), {test_key()}) == TokenFault::malformed);
  CHECK(verdict(of(R"("../../etc/passwd")"), {test_key().with_id("a")}) == TokenFault::unknown_key);
  CHECK(verdict(of(R"("\u0000")"), {test_key().with_id("a")}) == TokenFault::unknown_key);
}

TEST_CASE("at most eight keys are tried on one token") {
  std::vector<Key> keys(k_signature_checks_max - 1, test_key('x'));
  keys.push_back(test_key());
  CHECK(verdict(signed_token(with_exp("")), keys) == std::nullopt);
  keys.insert(keys.begin(), test_key('y'));
  CHECK(verdict(signed_token(with_exp("")), keys) == TokenFault::signature);
  // Keys of other types and names do not count.
  keys.assign(20, public_key_of(Type::p256));
  keys.push_back(test_key());
  CHECK(verdict(signed_token(with_exp("")), keys) == std::nullopt);
}

TEST_CASE("each fault has a name of its own for the metrics") {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < k_token_fault_count; ++i) names.push_back(name_of(static_cast<TokenFault>(i)));
  CHECK(names == std::vector<std::string_view>{"malformed", "algorithm", "unknown_key", "signature",
                                               "expired", "not_yet_valid", "issuer", "audience",
                                               "no_expiry"});
}

TEST_CASE(
    "under authorization = authenticated every valid token reads everything, and publishes by its claims") {
  Rules rules = rules_of({test_key()});
  rules.authorization = Authorization::authenticated;
  const auto token = verify_token(signed_token(with_exp(R"("role":"driver","sub":"D-7")")), rules, k_now);
  REQUIRE(token.has_value());
  CHECK(token->rights.may_subscribe({rt::model::Kind::order, "any"}));
  CHECK(token->rights.may_subscribe({rt::model::Kind::driver, "any"}));
  CHECK(token->rights.may_publish({rt::model::Kind::driver, "D-7"}));
  CHECK_FALSE(token->rights.may_publish({rt::model::Kind::driver, "D-8"}));
  CHECK_FALSE(token->rights.may_read_stats());
  const auto bare = verify_token(signed_token(with_exp("")), rules, k_now);
  CHECK(bare.value().rights.may_subscribe({rt::model::Kind::run, "any"}));
  CHECK_FALSE(bare->rights.may_publish_anything());
  CHECK_FALSE(verify_token(signed_token("{}"), rules, k_now).has_value());
}

TEST_CASE("a token's roles are those of the rules, each counted once") {
  Rules rules = rules_of({test_key()});
  rules.roles = RoleTable::empty();
  REQUIRE(rules.roles.add({"courier", "subscribe", {"runs/{runs}"}}).has_value());
  const auto token = verify_token(
      signed_token(with_exp(R"("role":"courier","roles":["courier","admin","courier"],"runs":["R-1"])")),
      rules, k_now);
  REQUIRE(token.has_value());
  CHECK(token->rights.subscribe_patterns().size() == 1);
  CHECK(token->rights.may_subscribe({rt::model::Kind::run, "R-1"}));
  CHECK_FALSE(token->rights.may_read_stats());
}
