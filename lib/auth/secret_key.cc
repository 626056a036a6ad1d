// SPDX-License-Identifier: MIT
// HMAC (RFC 7518 section 3.2).
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>

#include "auth/key_material.h"
#include "auth/openssl_errors.h"

namespace rt::auth {
namespace {

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Mac = std::unique_ptr<EVP_MAC, FreeMac>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

constexpr std::array k_digests = {OSSL_DIGEST_NAME_SHA2_256, OSSL_DIGEST_NAME_SHA2_384,
                                  OSSL_DIGEST_NAME_SHA2_512};  // as Algorithm begins
static_assert(static_cast<std::size_t>(Algorithm::hs512) + 1 == k_digests.size());

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

MacContext hmac(EVP_MAC* mac, std::string digest, std::string_view secret) {
  MacContext context(mac != nullptr ? EVP_MAC_CTX_new(mac) : nullptr);
  if (!context) return nullptr;
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(context.get(), bytes_of(secret), secret.size(), parameters.data()) != 1) return nullptr;
  return context;
}

// For each digest a context with both padded key blocks hashed. Only ever duplicated, so that threads may
// share them; that takes a quarter of the time of OpenSSL's one-shot HMAC(), which looks both algorithms up
// by name on each call.
class Secret final : public KeyMaterial {
 public:
  using Contexts = std::array<MacContext, k_digests.size()>;
  explicit Secret(Contexts contexts) : contexts_(std::move(contexts)) {}

  bool serves(Algorithm algorithm) const override {
    return static_cast<std::size_t>(algorithm) < k_digests.size();
  }
  bool can_sign() const override { return true; }

  std::string sign(Algorithm algorithm, std::string_view message) const override {
    const QuietOpenssl quiet;
    const MacContext own(EVP_MAC_CTX_dup(contexts_[static_cast<std::size_t>(algorithm)].get()));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    std::size_t length = 0;
    if (!own || EVP_MAC_update(own.get(), bytes_of(message), message.size()) != 1 ||
        EVP_MAC_final(own.get(), digest.data(), &length, digest.size()) != 1)
      return {};
    return {reinterpret_cast<const char*>(digest.data()), length};
  }

  bool verifies(Algorithm algorithm, std::string_view message, std::string_view signature) const override {
    const std::string right = sign(algorithm, message);
    return !right.empty() && signature.size() == right.size() &&
           CRYPTO_memcmp(right.data(), signature.data(), right.size()) == 0;
  }

 private:
  Contexts contexts_;
};

}  // namespace

base::Result<Key> secret_key(std::string_view secret) {
  const QuietOpenssl quiet;
  const Mac mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  Secret::Contexts contexts;
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    contexts[i] = hmac(mac.get(), k_digests[i], secret);
    if (!contexts[i]) return base::fail(base::ErrorKind::internal, "OpenSSL offers no HMAC with SHA-2");
  }
  return Key(std::make_shared<const Secret>(std::move(contexts)));
}

}  // namespace rt::auth
