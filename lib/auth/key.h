// SPDX-License-Identifier: MIT
// Key: material that signs or verifies tokens, bound to one algorithm; and the making of new secrets.
// Values that may be copied cheaply; any thread, also at once. No file is read here (auth/secret_file.h
// does).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rt::auth {

enum class Algorithm { hs256 };

inline constexpr std::size_t k_secret_bytes_min = 32;

class Key {
 public:
  // `secret` is used as it is; under k_secret_bytes_min bytes it is refused (RFC 7518 section 3.2).
  static base::Result<Key> from_secret(std::string secret);

  Algorithm algorithm() const { return algorithm_; }
  // Empty when OpenSSL has no memory left: such a signature verifies nowhere.
  std::string sign(std::string_view message) const;
  // In constant time with regard to the signature.
  bool verifies(std::string_view message, std::string_view signature) const;

 private:
  struct Prepared;
  Key(Algorithm algorithm, std::shared_ptr<const Prepared> prepared)
      : algorithm_(algorithm), prepared_(std::move(prepared)) {}

  Algorithm algorithm_;
  std::shared_ptr<const Prepared> prepared_;
};

// A secret file's text: one line end behind it is not part of the secret. (What `--new-secret` prints is one
// line.)
base::Result<Key> key_from_secret_file_text(std::string text);

// 32 random bytes of OpenSSL's generator in base64url, 43 characters. Aborts when the generator is broken.
std::string new_secret();

// RFC 4648 section 5 without padding, strict: no other characters, no stray bits in the last one.
std::string base64url_encode(std::string_view bytes);
base::Result<std::string> base64url_decode(std::string_view text);

}  // namespace rt::auth
