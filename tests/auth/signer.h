// SPDX-License-Identifier: MIT
// Key pairs that sign as a token's issuer would, made anew in each run. What a Key must not have, this has:
// the private half.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "auth/key.h"

using EVP_PKEY = struct evp_pkey_st;

namespace rt::auth {

class Signer {
 public:
  enum class Type { rsa1024, rsa2048, rsa_pss, p256, p384, p521, secp256k1, ed25519, ed448 };
  explicit Signer(Type type);
  // Made once for all tests, as RSA takes its time.
  static const Signer& of(Type type);

  // A JOSE signature.
  std::string sign(Algorithm algorithm, std::string_view message) const;
  // With other choices than the algorithm's: PSS with this salt, ECDSA with this digest.
  std::string sign_pss(std::string_view message, int salt_length, const char* mgf1_digest = "SHA256") const;
  std::string sign_der(std::string_view message, const char* digest) const;

  std::string public_pem() const;   // SPKI
  std::string pkcs1_pem() const;    // RSA only
  std::string private_pem() const;  // PKCS#8
  std::string certificate() const;
  // The members of a JWK without braces: R"("kty":"EC",...)".
  std::string jwk() const;
  std::string private_member() const;  // R"("d":"...")"

 private:
  std::shared_ptr<EVP_PKEY> key_;
};

std::string jwk_set(std::initializer_list<std::string> keys);  // of members without braces

}  // namespace rt::auth
