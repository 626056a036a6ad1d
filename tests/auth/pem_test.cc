// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "auth/jwks.h"
#include "auth/signer.h"

using namespace rt::auth;
using Type = Signer::Type;

namespace {

struct Row {
  Type type;
  Algorithm algorithm;
};
constexpr Row k_rows[] = {{Type::rsa2048, Algorithm::ps256},
                          {Type::p256, Algorithm::es256},
                          {Type::p384, Algorithm::es384},
                          {Type::ed25519, Algorithm::eddsa}};

bool is_key_of(const Key& key, const Row& row) {
  return key.id().empty() &&
         key.verifies(row.algorithm, "message", Signer::of(row.type).sign(row.algorithm, "message"));
}

std::string refusal_of(const std::string& pem) {
  const auto keys = parse_public_keys(pem);
  REQUIRE_FALSE(keys.has_value());
  CHECK(keys.error().kind == rt::base::ErrorKind::invalid);
  return keys.error().what;
}

// The DER of the first block, changed and put back.
template <class Change>
std::string changed(const std::string& pem, Change change) {
  const auto body = pem.find('\n') + 1, end = pem.find("-----END");
  std::string text;
  for (const char c : pem.substr(body, end - body))
    if (c != '\n' && c != '=') text += c == '+' ? '-' : c == '/' ? '_' : c;
  std::string der = base64url_decode(text).value();
  change(der);
  std::string back;
  for (const char c : base64url_encode(der)) back += c == '-' ? '+' : c == '_' ? '/' : c;
  back.append((4 - back.size() % 4) % 4, '=');
  for (std::size_t at = 64; at < back.size(); at += 65) back.insert(at, "\n");
  return pem.substr(0, body) + back + '\n' + pem.substr(end);
}

}  // namespace

TEST_CASE("a public key is read from SPKI, PKCS#1 and a certificate") {
  for (const Row& row : k_rows) {
    const Signer& signer = Signer::of(row.type);
    CHECK(is_key_of(parse_public_keys(signer.public_pem()).value().at(0), row));
    CHECK(is_key_of(parse_public_keys(signer.certificate()).value().at(0), row));
  }
  CHECK(is_key_of(parse_public_keys(Signer::of(Type::rsa2048).pkcs1_pem()).value().at(0), k_rows[0]));
}

TEST_CASE("several keys may stand in one text, with words around them") {
  std::string pem;
  for (const Row& row : k_rows) pem += "the next key:\r\n" + Signer::of(row.type).public_pem();
  const auto keys = parse_public_keys(pem + "\nno more");
  REQUIRE(keys.has_value());
  REQUIRE(keys->size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(is_key_of((*keys)[i], k_rows[i]));
}

TEST_CASE("a private key is refused as that, and not shown, wherever it stands") {
  for (const Row& row : k_rows) {
    const std::string pem = Signer::of(row.type).private_pem();
    for (const std::string& text : {pem, Signer::of(row.type).public_pem() + pem}) {
      const std::string what = refusal_of(text);
      CHECK(what.find("private key") != what.npos);
      CHECK(what.find(pem.substr(40, 8)) == what.npos);
    }
  }
}

TEST_CASE("keys of other types and sizes are refused by what they are") {
  const std::pair<Type, const char*> rows[] = {{Type::rsa1024, "1024 bits"},
                                               {Type::rsa_pss, "RSA-PSS"},
                                               {Type::p521, "neither P-256 nor P-384"},
                                               {Type::secp256k1, "neither P-256 nor P-384"},
                                               {Type::ed448, "ED448"}};
  for (const auto& [type, said] : rows) {
    const std::string what = refusal_of(Signer(type).public_pem());
    CAPTURE(what);
    CHECK(what.find(said) != what.npos);
  }
  // One bad key costs all: what is configured is meant.
  refusal_of(Signer::of(Type::p256).public_pem() + Signer(Type::p521).public_pem());
}

TEST_CASE("a text without a whole block of a public key is refused") {
  const std::string good = Signer::of(Type::p256).public_pem();
  for (const std::string& pem :
       {std::string(), std::string("nothing"), good.substr(0, good.size() - 20), good.substr(1),
        good.substr(0, 60) + "!" + good.substr(60), std::string("{\"keys\":[]}")})
    refusal_of(pem);
  refusal_of("-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n");
  refusal_of("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
  refusal_of(std::string(k_jwks_bytes_max, ' ') + good);
}

TEST_CASE("bytes behind a key in its block, and a point off the curve, are refused") {
  for (const Row& row : k_rows) {
    const std::string good = Signer::of(row.type).public_pem();
    CHECK(parse_public_keys(changed(good, [](std::string&) {})).has_value());
    refusal_of(changed(good, [](std::string& der) { der += '\0'; }));
    refusal_of(changed(good, [](std::string& der) { der.pop_back(); }));
  }
  for (const Type type : {Type::p256, Type::p384})
    refusal_of(changed(Signer::of(type).public_pem(), [](std::string& der) { der.back() ^= 1; }));
}

TEST_CASE("a text has a hundred keys and no more") {
  std::string pem;
  for (std::size_t i = 0; i < k_jwks_keys_max; ++i) pem += Signer::of(Type::ed25519).public_pem();
  CHECK(parse_public_keys(pem).value().size() == k_jwks_keys_max);
  refusal_of(pem + Signer::of(Type::ed25519).public_pem());
}
