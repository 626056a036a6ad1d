// SPDX-License-Identifier: MIT
// Key: material that verifies tokens (and, when it is a secret, signs them), bound to the algorithms of its
// own type, so that no token can choose how a key is used (RFC 8725 section 3.1). Values that may be copied
// cheaply; any thread, also at once. No file is read here (auth/key_files.h does).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rt::auth {

// RFC 7518 section 3.1, RFC 8037 section 3.1.
enum class Algorithm : std::uint8_t { hs256, hs384, hs512, rs256, rs384, rs512, ps256, es256, es384, eddsa };
inline constexpr std::size_t k_algorithm_count = 10;
std::string_view name_of(Algorithm algorithm);  // "HS256"
std::optional<Algorithm> algorithm_named(std::string_view name);

inline constexpr std::size_t k_secret_bytes_min = 32;
inline constexpr unsigned k_rsa_bits_min = 2048;
inline constexpr unsigned k_rsa_bits_max = 8192;  // what one signature may cost

class KeyMaterial;  // auth/key_material.h

class Key {
 public:
  // For HS256, HS384 and HS512. `secret` is used as it is; under k_secret_bytes_min bytes it is refused.
  static base::Result<Key> from_secret(std::string secret);
  // For the algorithms of the material's type.
  explicit Key(std::shared_ptr<const KeyMaterial> material);

  bool serves(Algorithm algorithm) const;
  bool can_sign() const;
  // The `kid` of a JWK; empty for keys that have none.
  const std::string& id() const { return id_; }
  // Empty when this key cannot sign (a public key), does not serve the algorithm, or OpenSSL has no memory
  // left.
  std::string sign(Algorithm algorithm, std::string_view message) const;
  // False for an algorithm that the key does not serve. In constant time with regard to the signature of a
  // secret.
  bool verifies(Algorithm algorithm, std::string_view message, std::string_view signature) const;

  // The same key under a name, and for one algorithm of its own only, as a JWK's `kid` and `alg` have it.
  Key with_id(std::string id) const;
  Key only_for(Algorithm algorithm) const;

 private:
  std::string id_;
  std::optional<Algorithm> only_;
  std::shared_ptr<const KeyMaterial> material_;
};

// A secret file's text: one line end behind it is not part of the secret. (What `--new-secret` prints is one
// line.) A PEM or JWK text is refused: were it a public key, everybody could sign with it.
base::Result<Key> key_from_secret_file_text(std::string text);

// 32 random bytes of OpenSSL's generator in base64url, 43 characters. Aborts when the generator is broken.
std::string new_secret();

// RFC 4648 section 5 without padding, strict: no other characters, no stray bits in the last one.
std::string base64url_encode(std::string_view bytes);
base::Result<std::string> base64url_decode(std::string_view text);

}  // namespace rt::auth
