// SPDX-License-Identifier: MIT
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "auth/jwks.h"
#include "auth/key_material.h"
#include "auth/openssl_errors.h"
#include "base/text.h"

namespace rt::auth {
namespace {

using Bio = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free_all(bio); })>;
using Certificate = std::unique_ptr<X509, decltype([](X509* x) { X509_free(x); })>;
template <class T>
using Allocated = std::unique_ptr<T, decltype([](T* p) { OPENSSL_free(p); })>;

struct Block {
  std::string label;
  std::string der;
};

std::unexpected<base::Error> refuse(std::string what, std::string hint = {}) {
  return base::fail(base::ErrorKind::invalid, std::move(what), std::move(hint));
}

// Nothing at the end.
base::Result<std::optional<Block>> next_block(BIO* text) {
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  long length = 0;
  if (PEM_read_bio(text, &label, &header, &bytes, &length) != 1) {
    if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) return std::nullopt;
    return refuse("a PEM block is malformed");
  }
  const Allocated<char> own_label(label), own_header(header);
  const Allocated<unsigned char> own_bytes(bytes);
  return Block{label, {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length)}};
}

// Null when the bytes are not just that.
std::shared_ptr<EVP_PKEY> decode(const Block& block) {
  const auto* at = reinterpret_cast<const unsigned char*>(block.der.data());
  const auto* const end = at + block.der.size();
  const auto length = static_cast<long>(block.der.size());
  EVP_PKEY* key = nullptr;
  if (block.label == PEM_STRING_PUBLIC) {
    key = d2i_PUBKEY(nullptr, &at, length);
  } else if (block.label == PEM_STRING_RSA_PUBLIC) {
    key = d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, length);
  } else if (const Certificate certificate(d2i_X509(nullptr, &at, length)); certificate) {
    key = X509_get_pubkey(certificate.get());
  }
  std::shared_ptr<EVP_PKEY> owned(key, [](EVP_PKEY* own) { EVP_PKEY_free(own); });
  return at == end ? owned : nullptr;
}

base::Result<Key> key_of(const Block& block) {
  if (block.label.find("PRIVATE KEY") != block.label.npos)
    return refuse("a private key, where the public one belongs",
                  "openssl pkey -in FILE -pubout gives the public key");
  if (block.label != PEM_STRING_PUBLIC && block.label != PEM_STRING_RSA_PUBLIC &&
      block.label != PEM_STRING_X509)
    return refuse("a PEM block '" + base::printable(block.label) + "'",
                  "PUBLIC KEY, RSA PUBLIC KEY and CERTIFICATE are taken");
  const auto key = decode(block);
  if (!key) return refuse("a PEM block '" + block.label + "' that holds none");
  return public_key(key);
}

}  // namespace

base::Result<std::vector<Key>> parse_public_keys(std::string_view pem) {
  if (pem.size() > k_jwks_bytes_max)
    return refuse("the PEM text is larger than " + std::to_string(k_jwks_bytes_max) + " bytes");
  const QuietOpenssl quiet;
  const Bio text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Key> keys;
  while (text) {
    const auto block = next_block(text.get());
    if (!block) return std::unexpected(block.error());
    if (!*block) break;
    if (keys.size() == k_jwks_keys_max)
      return refuse("the PEM text has more than " + std::to_string(k_jwks_keys_max) + " keys");
    auto key = key_of(**block);
    if (!key)
      return refuse("PEM block " + std::to_string(keys.size() + 1) + ": " + key.error().what,
                    key.error().hint);
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) return refuse("there is no PEM block with a public key");
  return keys;
}

}  // namespace rt::auth
