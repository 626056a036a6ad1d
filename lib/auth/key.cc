// SPDX-License-Identifier: MIT
#include "auth/key.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>

#include "auth/key_material.h"

namespace rt::auth {
namespace {

constexpr std::size_t k_new_secret_bytes = 32;
constexpr std::array<std::string_view, k_algorithm_count> k_names = {
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"};

base::Result<Key> make_secret_key(std::string_view secret) {
  if (secret.size() >= k_secret_bytes_min) return secret_key(secret);
  return base::fail(base::ErrorKind::configuration,
                    "the secret has " + std::to_string(secret.size()) + " bytes; HS256 needs at least " +
                        std::to_string(k_secret_bytes_min),
                    "make one with: rtserve token --new-secret");
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  return k_names[static_cast<std::size_t>(algorithm)];
}

std::optional<Algorithm> algorithm_named(std::string_view name) {
  for (std::size_t i = 0; i < k_names.size(); ++i)
    if (k_names[i] == name) return static_cast<Algorithm>(i);
  return {};
}

Key::Key(std::shared_ptr<const KeyMaterial> material) : material_(std::move(material)) {}

base::Result<Key> Key::from_secret(std::string secret) {
  auto key = make_secret_key(secret);
  OPENSSL_cleanse(secret.data(), secret.size());
  return key;
}

bool Key::serves(Algorithm algorithm) const {
  return (!only_ || *only_ == algorithm) && material_->serves(algorithm);
}

bool Key::can_sign() const {
  return material_->can_sign();
}

std::string Key::sign(Algorithm algorithm, std::string_view message) const {
  return serves(algorithm) ? material_->sign(algorithm, message) : std::string();
}

bool Key::verifies(Algorithm algorithm, std::string_view message, std::string_view signature) const {
  return serves(algorithm) && material_->verifies(algorithm, message, signature);
}

Key Key::with_id(std::string id) const {
  Key other = *this;
  other.id_ = std::move(id);
  return other;
}

Key Key::only_for(Algorithm algorithm) const {
  Key other = *this;
  other.only_ = algorithm;
  return other;
}

base::Result<Key> key_from_secret_file_text(std::string text) {
  const auto refuse = [](const char* what, const char* hint) {
    return base::fail(base::ErrorKind::configuration, what, hint);
  };
  if (text.find("-----BEGIN ") != text.npos)
    return refuse("the secret is a PEM text", "public keys are given by --jwt-public-key FILE");
  if (text.starts_with('{') && text.find("\"kty\"") != text.npos)
    return refuse("the secret is a JWK text", "key sets are given by --jwks-file FILE");
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return Key::from_secret(std::move(text));
}

std::string new_secret() {
  std::array<unsigned char, k_new_secret_bytes> random;
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) std::abort();
  std::string text = base64url_encode({reinterpret_cast<const char*>(random.data()), random.size()});
  OPENSSL_cleanse(random.data(), random.size());
  return text;
}

}  // namespace rt::auth
