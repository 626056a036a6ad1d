// SPDX-License-Identifier: MIT
// Public keys as they are published: PEM (RFC 7468) and JWK sets (RFC 7517, 7518 section 6, RFC 8037). Pure;
// any thread. Private keys are refused: whoever hands one to the server has made a mistake that he should
// know of. A certificate stands for its key alone: neither its dates nor who signed it are looked at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key.h"
#include "base/error.h"

namespace rt::auth {

inline constexpr std::size_t k_jwks_bytes_max = std::size_t{256} * 1024;
inline constexpr std::size_t k_jwks_keys_max = 100;

inline constexpr std::size_t k_key_id_bytes_max = 256;

struct Jwks {
  std::vector<Key> keys;
  // Of keys that were left out, why: "key 2 (kid 'a'): an RSA key of 1024 bits; at least 2048 are needed".
  // RFC 7517 section 5 has keys ignored that are of no use to the reader. Of two keys of one type with the
  // same kid the first is taken.
  std::vector<std::string> skipped;
  bool holds_secrets = false;  // keys of the type oct, taken or left out
};

// Secrets (keys of the type oct) may stand in a file that nobody else can read; in a published set they are
// none, and are left out.
enum class Secrets : std::uint8_t { left_out, taken };

// invalid when the text is no JWK set, names a member twice, or holds a private key. A set without a usable
// key is not an error here.
base::Result<Jwks> parse_jwks(std::string_view text, Secrets secrets = Secrets::left_out);

// The public keys of a PEM text, at least one and each of them usable: SPKI ("PUBLIC KEY"), PKCS#1 ("RSA
// PUBLIC KEY") and X.509 certificates. Text between the blocks is not looked at.
base::Result<std::vector<Key>> parse_public_keys(std::string_view pem);

}  // namespace rt::auth
