// SPDX-License-Identifier: MIT
#include "auth/key.h"

#include <doctest/doctest.h>

#include <set>
#include <thread>
#include <vector>

using namespace rt::auth;

namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes)
    for (const int shift : {4, 0}) out += "0123456789abcdef"[(static_cast<unsigned char>(c) >> shift) & 0xf];
  return out;
}

}  // namespace

TEST_CASE("the signature is HMAC with SHA-256 as in RFC 4231, cases 6 and 7") {
  const Key key = Key::from_secret(std::string(131, '\xaa')).value();
  CHECK(hex(key.sign(Algorithm::hs256, "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(hex(key.sign(Algorithm::hs256,
                     "This is a test using a larger than block-size key and a larger than block-size data. "
                     "The key needs "
                     "to be hashed before being used by the HMAC algorithm.")) ==
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST_CASE("a secret serves HS256, HS384 and HS512, each as in RFC 4231, case 6, and nothing else") {
  const Key key = Key::from_secret(std::string(131, '\xaa')).value();
  const std::string message = "Test Using Larger Than Block-Size Key - Hash Key First";
  CHECK(hex(key.sign(Algorithm::hs384, message)) ==
        "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952");
  CHECK(hex(key.sign(Algorithm::hs512, message)) ==
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
  const std::string signature = key.sign(Algorithm::hs512, message);
  CHECK(key.verifies(Algorithm::hs512, message, signature));
  for (const std::size_t shorter : {32, 48}) {
    CHECK_FALSE(key.verifies(Algorithm::hs256, message, signature.substr(0, shorter)));
    CHECK_FALSE(key.verifies(Algorithm::hs384, message, signature.substr(0, shorter)));
    CHECK_FALSE(key.verifies(Algorithm::hs512, message, signature.substr(0, shorter)));
  }
  CHECK(key.can_sign());
  for (const auto other : {Algorithm::rs256, Algorithm::ps256, Algorithm::es256, Algorithm::eddsa}) {
    CHECK_FALSE(key.serves(other));
    CHECK(key.sign(other, message).empty());
    CHECK_FALSE(key.verifies(other, message, ""));
  }
}

TEST_CASE("a key for one algorithm only serves no other, and keeps its name") {
  const Key key = Key::from_secret(std::string(32, 'a')).value().with_id("a").only_for(Algorithm::hs384);
  CHECK(key.id() == "a");
  CHECK(key.serves(Algorithm::hs384));
  CHECK_FALSE(key.serves(Algorithm::hs256));
  CHECK(key.sign(Algorithm::hs256, "message").empty());
  CHECK_FALSE(key.only_for(Algorithm::es256).serves(Algorithm::es256));
}

TEST_CASE("algorithms are named as RFC 7518 spells them, and found by no other spelling") {
  for (const char* name :
       {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
    CHECK(name_of(algorithm_named(name).value()) == name);
  for (const char* name :
       {"", "none", "hs256", "HS256 ", "HS2560", "PS384", "PS512", "ES512", "ES256K", "EDDSA", "Ed25519"})
    CHECK_FALSE(algorithm_named(name).has_value());
}

TEST_CASE(
    "a key verifies its own signature, and none that differs in a bit, in length, or is of another key") {
  const Key key = Key::from_secret(std::string(32, 'a')).value();
  const std::string signature = key.sign(Algorithm::hs256, "message");
  CHECK(key.verifies(Algorithm::hs256, "message", signature));
  CHECK(Key(key).verifies(Algorithm::hs256, "message", signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string other = signature;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(key.verifies(Algorithm::hs256, "message", other));
  }
  for (std::size_t length = 0; length < signature.size(); ++length)
    CHECK_FALSE(key.verifies(Algorithm::hs256, "message", signature.substr(0, length)));
  CHECK_FALSE(key.verifies(Algorithm::hs256, "message", signature + '\0'));
  CHECK_FALSE(key.verifies(Algorithm::hs256, "massage", signature));
  CHECK_FALSE(
      Key::from_secret(std::string(32, 'b')).value().verifies(Algorithm::hs256, "message", signature));
}

TEST_CASE("one key may be used by several threads at once") {
  const Key key = Key::from_secret(std::string(32, 'a')).value();
  const std::string expected = key.sign(Algorithm::hs256, "message");
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int& count : wrong)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) count += key.sign(Algorithm::hs256, "message") != expected;
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("a secret under 32 bytes is refused, and not shown") {
  const auto key = Key::from_secret(std::string(31, 'q'));
  REQUIRE_FALSE(key.has_value());
  CHECK(key.error().kind == rt::base::ErrorKind::configuration);
  CHECK(key.error().what.find("qqq") == std::string::npos);
  CHECK(Key::from_secret(std::string(32, 'q')).has_value());
}

TEST_CASE("one line end behind a secret file's text is not part of the secret") {
  const std::string secret(32, 's');
  const std::string signature = Key::from_secret(secret).value().sign(Algorithm::hs256, "message");
  CHECK(key_from_secret_file_text(secret).value().verifies(Algorithm::hs256, "message", signature));
  CHECK(key_from_secret_file_text(secret + "\n").value().verifies(Algorithm::hs256, "message", signature));
  CHECK(key_from_secret_file_text(secret + "\r\n").value().verifies(Algorithm::hs256, "message", signature));
  CHECK_FALSE(
      key_from_secret_file_text(secret + "\n\n").value().verifies(Algorithm::hs256, "message", signature));
  CHECK_FALSE(
      key_from_secret_file_text(" " + secret).value().verifies(Algorithm::hs256, "message", signature));
  CHECK_FALSE(key_from_secret_file_text(std::string(31, 's') + "\n").has_value());
}

TEST_CASE("a secret file that holds a public key or a JWK is refused, as everybody could sign with it") {
  for (const std::string text :
       {"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END "
        "PUBLIC KEY-----\n",
        R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"})",
        R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})"}) {
    const auto key = key_from_secret_file_text(text);
    REQUIRE_FALSE(key.has_value());
    CHECK_FALSE(key.error().hint.empty());
  }
}

TEST_CASE("new secrets are 43 characters of base64url, long enough as a key, and never the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string secret = new_secret();
    CHECK(secret.size() == 43);
    CHECK(base64url_decode(secret).value().size() == 32);
    CHECK(key_from_secret_file_text(secret + "\n").has_value());
    seen.insert(secret);
  }
  CHECK(seen.size() == 100);
}
