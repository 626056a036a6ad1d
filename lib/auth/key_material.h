// SPDX-License-Identifier: MIT
// KeyMaterial: what a Key is made of, on OpenSSL's EVP: a secret, or a public key of one type. Held by Keys
// alone, for this room alone. Never changed once it is made, so any thread may use it, also at once. Nothing
// here leaves an error in OpenSSL's queue, where the thread's TLS would take it for its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "auth/key.h"
#include "base/error.h"

using EVP_PKEY = struct evp_pkey_st;

namespace rt::auth {

class KeyMaterial {
 public:
  virtual ~KeyMaterial() = default;
  virtual bool serves(Algorithm algorithm) const = 0;
  virtual bool can_sign() const { return false; }
  virtual std::string sign(Algorithm, std::string_view) const { return {}; }
  virtual bool verifies(Algorithm algorithm, std::string_view message, std::string_view signature) const = 0;
};

// Of any length; whether it is long enough has been decided.
base::Result<Key> secret_key(std::string_view secret);

// Errors of all below, of kind invalid, say what is wrong with the key: "an RSA key of 1024 bits; ...".

// An RSA key of fit size, a P-256 or P-384 key, or an Ed25519 key; no point off its curve.
base::Result<Key> public_key(const std::shared_ptr<EVP_PKEY>& key);

// From the octets of JWK members (RFC 7518 section 6, RFC 8037 section 2).
enum class Curve : std::uint8_t { p256, p384 };
base::Result<Key> rsa_key(std::string_view modulus, std::string_view exponent);
base::Result<Key> ec_key(Curve curve, std::string_view x, std::string_view y);
base::Result<Key> ed25519_key(std::string_view x);

}  // namespace rt::auth
