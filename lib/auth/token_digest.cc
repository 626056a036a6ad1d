// SPDX-License-Identifier: MIT
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "auth/verified.h"

namespace rt::auth {
namespace {

// Looked up and allocated once: together they take longer than the hashing.
const EVP_MD* sha256() {
  static const std::unique_ptr<EVP_MD, decltype([](EVP_MD* md) { EVP_MD_free(md); })> fetched(
      EVP_MD_fetch(nullptr, OSSL_DIGEST_NAME_SHA2_256, nullptr));
  return fetched.get();
}

EVP_MD_CTX* context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* c) { EVP_MD_CTX_free(c); })> own(
      EVP_MD_CTX_new());
  return own.get();
}

}  // namespace

TokenDigest digest_of(std::string_view token) {
  TokenDigest digest;
  unsigned length = 0;
  EVP_MD_CTX* own = context();
  // Two tokens taken for one would be worse than to stop.
  if (own == nullptr || sha256() == nullptr || EVP_DigestInit_ex2(own, sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(own, token.data(), token.size()) != 1 ||
      EVP_DigestFinal_ex(own, digest.data(), &length) != 1 || length != digest.size())
    std::abort();
  return digest;
}

std::uint64_t fingerprint_of(const TokenDigest& digest) {
  std::uint64_t fingerprint = 0;
  std::memcpy(&fingerprint, digest.data(), sizeof fingerprint);
  return fingerprint;
}

}  // namespace rt::auth
