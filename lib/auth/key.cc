// SPDX-License-Identifier: MIT
#include "auth/key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>

namespace rt::auth {
namespace {

constexpr std::size_t k_sha256_bytes = 32;
constexpr std::size_t k_new_secret_bytes = 32;

using Digest = std::array<unsigned char, k_sha256_bytes>;

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Mac = std::unique_ptr<EVP_MAC, FreeMac>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

MacContext hmac_sha256(std::string_view secret) {
  const Mac mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  MacContext context(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  if (!context) return nullptr;
  std::string digest = OSSL_DIGEST_NAME_SHA2_256;
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(context.get(), bytes_of(secret), secret.size(), parameters.data()) != 1) return nullptr;
  return context;
}

}  // namespace

// A context with both padded key blocks hashed. Only ever duplicated, so that threads may share it; that
// takes a quarter of the time of OpenSSL's one-shot HMAC(), which looks both algorithms up by name on each
// call.
struct Key::Prepared {
  MacContext context;

  bool digest(std::string_view message, Digest& out) const {
    const MacContext own(EVP_MAC_CTX_dup(context.get()));
    std::size_t length = 0;
    return own && EVP_MAC_update(own.get(), bytes_of(message), message.size()) == 1 &&
           EVP_MAC_final(own.get(), out.data(), &length, out.size()) == 1 && length == out.size();
  }
};

base::Result<Key> Key::from_secret(std::string secret) {
  if (secret.size() < k_secret_bytes_min)
    return base::fail(base::ErrorKind::configuration,
                      "the secret has " + std::to_string(secret.size()) + " bytes; HS256 needs at least " +
                          std::to_string(k_secret_bytes_min),
                      "make one with: rtserve token --new-secret");
  MacContext context = hmac_sha256(secret);
  OPENSSL_cleanse(secret.data(), secret.size());
  if (!context) return base::fail(base::ErrorKind::internal, "OpenSSL offers no HMAC with SHA-256");
  return Key(Algorithm::hs256, std::make_shared<const Prepared>(std::move(context)));
}

std::string Key::sign(std::string_view message) const {
  Digest digest;
  if (!prepared_->digest(message, digest)) return {};
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

bool Key::verifies(std::string_view message, std::string_view signature) const {
  Digest digest;
  return signature.size() == digest.size() && prepared_->digest(message, digest) &&
         CRYPTO_memcmp(digest.data(), signature.data(), digest.size()) == 0;
}

base::Result<Key> key_from_secret_file_text(std::string text) {
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
