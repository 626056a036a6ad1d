// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <openssl/err.h>

#include <algorithm>
#include <thread>

#include "auth/jwks.h"
#include "auth/signer.h"

using namespace rt::auth;
using Type = Signer::Type;

namespace {

constexpr Algorithm k_algorithms[] = {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512, Algorithm::rs256,
                                      Algorithm::rs384, Algorithm::rs512, Algorithm::ps256, Algorithm::es256,
                                      Algorithm::es384, Algorithm::eddsa};

struct Own {
  Type type;
  std::vector<Algorithm> algorithms;
};
const std::vector<Own> k_own = {
    {Type::rsa2048, {Algorithm::rs256, Algorithm::rs384, Algorithm::rs512, Algorithm::ps256}},
    {Type::p256, {Algorithm::es256}},
    {Type::p384, {Algorithm::es384}},
    {Type::ed25519, {Algorithm::eddsa}},
};

Key key_of(Type type) {
  return parse_public_keys(Signer::of(type).public_pem()).value().front();
}

bool has(const std::vector<Algorithm>& list, Algorithm algorithm) {
  return std::ranges::find(list, algorithm) != list.end();
}

// n of P-256 and P-384.
const std::string k_order_256 = base64url_decode("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE").value();
const std::string k_order_384 =
    base64url_decode("________________________________x2NNgfQ3Ld9YGg2ySLCneuzsGWrMxSlz").value();

}  // namespace

TEST_CASE("a public key verifies the signatures of its own pair, by the algorithms of its own type alone") {
  for (const auto& [type, algorithms] : k_own) {
    const Key key = key_of(type);
    const Key other = parse_public_keys(Signer(type).public_pem()).value().front();
    for (const Algorithm algorithm : algorithms) {
      CAPTURE(name_of(algorithm));
      const std::string signature = Signer::of(type).sign(algorithm, "message");
      CHECK(key.verifies(algorithm, "message", signature));
      CHECK(Key(key).verifies(algorithm, "message", signature));
      CHECK_FALSE(key.verifies(algorithm, "massage", signature));
      CHECK_FALSE(other.verifies(algorithm, "message", signature));
      for (const Algorithm another : k_algorithms) {
        CHECK(key.serves(another) == has(algorithms, another));
        if (another != algorithm) CHECK_FALSE(key.verifies(another, "message", signature));
      }
    }
    CHECK_FALSE(key.can_sign());
    for (const Algorithm algorithm : k_algorithms) CHECK(key.sign(algorithm, "message").empty());
  }
}

TEST_CASE("a signature with another bit or another length is none") {
  for (const auto& [type, algorithms] : k_own) {
    const Key key = key_of(type);
    const Algorithm algorithm = algorithms.back();
    const std::string signature = Signer::of(type).sign(algorithm, "message");
    for (std::size_t bit = 0; bit < signature.size() * 8; bit += 3) {
      std::string other = signature;
      other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
      CHECK_FALSE(key.verifies(algorithm, "message", other));
    }
    for (std::size_t length = 0; length < signature.size(); ++length)
      CHECK_FALSE(key.verifies(algorithm, "message", signature.substr(0, length)));
    for (const char more : {'\0', '\1'}) {
      CHECK_FALSE(key.verifies(algorithm, "message", signature + more));
      CHECK_FALSE(key.verifies(algorithm, "message", more + signature));
    }
  }
}

TEST_CASE("an RSA signature is as long as the modulus, leading zeros included") {
  const Signer& signer = Signer::of(Type::rsa2048);
  const Key key = key_of(Type::rsa2048);
  for (const Algorithm algorithm : {Algorithm::rs256, Algorithm::ps256}) {
    for (int i = 0; i < 100'000; ++i) {
      const std::string message = std::to_string(i);
      const std::string signature = signer.sign(algorithm, message);
      if (signature.front() != '\0') continue;
      CHECK(key.verifies(algorithm, message, signature));
      CHECK_FALSE(key.verifies(algorithm, message, signature.substr(1)));
      break;
    }
  }
}

TEST_CASE("PS256 takes a salt as long as the hash, and MGF1 with SHA-256, alone") {
  const Signer& signer = Signer::of(Type::rsa2048);
  const Key key = key_of(Type::rsa2048);
  CHECK(key.verifies(Algorithm::ps256, "m", signer.sign_pss("m", 32)));
  for (const int salt : {0, 20, 31, 33, 64})
    CHECK_FALSE(key.verifies(Algorithm::ps256, "m", signer.sign_pss("m", salt)));
  CHECK_FALSE(key.verifies(Algorithm::ps256, "m", signer.sign_pss("m", 32, "SHA1")));
  CHECK_FALSE(key.verifies(Algorithm::ps256, "m", signer.sign_pss("m", 32, "SHA512")));
}

TEST_CASE("an ECDSA signature is r and s side by side, each of 1 to n - 1") {
  struct Row {
    Type type;
    Algorithm algorithm;
    const char* digest;
    std::string order;
  };
  for (const auto& [type, algorithm, digest, order] :
       {Row{Type::p256, Algorithm::es256, "SHA256", k_order_256},
        Row{Type::p384, Algorithm::es384, "SHA384", k_order_384}}) {
    CAPTURE(name_of(algorithm));
    const Signer& signer = Signer::of(type);
    const Key key = key_of(type);
    const std::string good = signer.sign(algorithm, "m");
    const std::size_t half = order.size();
    const std::string r = good.substr(0, half), s = good.substr(half);
    const std::string zero(half, '\0'), all_ones(half, '\xff');
    std::string one = zero, before_order = order;
    one.back() = '\1';
    before_order.back() = static_cast<char>(before_order.back() - 1);
    for (const std::string& wrong : {zero, one, order, before_order, all_ones}) {
      CHECK_FALSE(key.verifies(algorithm, "m", wrong + s));
      CHECK_FALSE(key.verifies(algorithm, "m", r + wrong));
      CHECK_FALSE(key.verifies(algorithm, "m", wrong + wrong));
    }
    CHECK_FALSE(key.verifies(algorithm, "m", s + r));
    CHECK_FALSE(key.verifies(algorithm, "m", signer.sign_der("m", digest)));
    CHECK_FALSE(key.verifies(algorithm, "m", zero.substr(1) + r.substr(0, 1) + r + s));
    CHECK_FALSE(key.verifies(algorithm, "m", '\0' + r + '\0' + s));
  }
}

TEST_CASE("small r and s are verified, whatever their leading zeros") {
  const Signer& signer = Signer::of(Type::p256);
  const Key key = key_of(Type::p256);
  int with_zeros = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string message = std::to_string(i), signature = signer.sign(Algorithm::es256, message);
    with_zeros += signature[0] == '\0' || signature[32] == '\0';
    REQUIRE(key.verifies(Algorithm::es256, message, signature));
  }
  CHECK(with_zeros > 0);
}

TEST_CASE("an ECDSA key does not verify for the other curve") {
  CHECK_FALSE(
      key_of(Type::p256).verifies(Algorithm::es384, "m", Signer::of(Type::p384).sign(Algorithm::es384, "m")));
  CHECK_FALSE(
      key_of(Type::p384).verifies(Algorithm::es256, "m", Signer::of(Type::p256).sign(Algorithm::es256, "m")));
}

TEST_CASE("one public key may be used by several threads at once") {
  for (const auto& [type, algorithms] : k_own) {
    const Key key = key_of(type);
    const std::string signature = Signer::of(type).sign(algorithms.back(), "message");
    std::vector<int> wrong(4);
    std::vector<std::thread> threads;
    for (int& count : wrong)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          count += !key.verifies(algorithms.back(), "message", signature);
          count += key.verifies(algorithms.back(), "massage", signature);
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == std::vector<int>(4));
  }
}

TEST_CASE(
    "a refused signature or key leaves nothing in OpenSSL's queue of errors, and takes nothing from it") {
  ERR_clear_error();
  for (const auto& [type, algorithms] : k_own) {
    const Key key = key_of(type);
    for (const Algorithm algorithm : algorithms) {
      const std::string signature = Signer::of(type).sign(algorithm, "message");
      CHECK_FALSE(key.verifies(algorithm, "massage", signature));
      CHECK_FALSE(key.verifies(algorithm, "message", std::string(signature.size(), '\xff')));
    }
  }
  CHECK_FALSE(parse_public_keys("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").has_value());
  CHECK(parse_jwks(jwk_set({R"("kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA")"})).has_value());
  CHECK(ERR_peek_error() == 0);
  ERR_raise(ERR_LIB_USER, 7);
  CHECK_FALSE(key_of(Type::p256).verifies(Algorithm::es256, "m", std::string(64, '\1')));
  CHECK(ERR_GET_REASON(ERR_get_error()) == 7);
  CHECK(ERR_peek_error() == 0);
}
