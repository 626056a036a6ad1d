// SPDX-License-Identifier: MIT
#include "net/tls_tickets.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

namespace rt::net {

namespace {

constexpr std::size_t k_name_bytes = 16;  // both as OpenSSL has them
constexpr std::size_t k_iv_bytes = 16;
constexpr std::size_t k_key_bytes = 32;  // AES-256 in CBC, then HMAC with SHA-256 (RFC 5077 section 4)

struct TicketKey {
  std::array<unsigned char, k_name_bytes> name;
  std::array<unsigned char, k_key_bytes> cipher;
  std::array<unsigned char, k_key_bytes> mac;
};

struct TicketKeys {
  TicketKey current;
  std::optional<TicketKey> previous;  // opens, and does not seal
  ~TicketKeys() { OPENSSL_cleanse(this, sizeof *this); }
};

void free_keys(void*, void* keys, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<TicketKeys*>(keys);
}

// A session in mid-handshake may be the context's last owner, so the keys belong to the context itself.
int keys_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_keys);
  return index;
}

const TicketKeys* keys_of(const SSL_CTX* context) {
  return static_cast<const TicketKeys*>(SSL_CTX_get_ex_data(context, keys_index()));
}

bool set_mac(EVP_MAC_CTX* mac, const TicketKey& key) {
  char digest[] = OSSL_DIGEST_NAME_SHA2_256;
  const std::array parameters = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
  return EVP_MAC_init(mac, key.mac.data(), key.mac.size(), parameters.data()) == 1;
}

// SSL_CTX_set_tlsext_ticket_key_evp_cb(3): -1 failed, 0 not one of ours, 1 good, 2 good and to be renewed.
int on_ticket(SSL* session, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
              int sealing) {
  const TicketKeys* keys = keys_of(SSL_get_SSL_CTX(session));
  if (keys == nullptr) return -1;
  if (sealing == 1) {
    const TicketKey& key = keys->current;
    std::ranges::copy(key.name, name);
    const bool sealed = RAND_bytes(iv, k_iv_bytes) == 1 &&
                        EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher.data(), iv, nullptr) == 1 &&
                        set_mac(mac, key);
    return sealed ? 1 : -1;
  }
  const auto is_named = [name](const TicketKey& key) {
    return std::ranges::equal(key.name, std::span(name, k_name_bytes));
  };
  const bool is_current = is_named(keys->current);
  if (!is_current && !(keys->previous && is_named(*keys->previous))) return 0;
  const TicketKey& key = is_current ? keys->current : *keys->previous;
  const bool opened = EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher.data(), iv, nullptr) == 1 &&
                      set_mac(mac, key);
  if (!opened) return -1;
  return is_current ? 1 : 2;
}

bool draw(TicketKey& key) {
  return RAND_bytes(key.name.data(), k_name_bytes) == 1 &&
         RAND_priv_bytes(key.cipher.data(), k_key_bytes) == 1 &&
         RAND_priv_bytes(key.mac.data(), k_key_bytes) == 1;
}

}  // namespace

bool set_ticket_keys(ssl_ctx_st* context, const ssl_ctx_st* before) {
  auto keys = std::make_unique<TicketKeys>();
  if (!draw(keys->current)) return false;
  if (before != nullptr) {
    if (const TicketKeys* last = keys_of(before)) keys->previous = last->current;
  }
  if (SSL_CTX_set_ex_data(context, keys_index(), keys.get()) != 1) return false;
  keys.release();
  return SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &on_ticket) != 0;
}

}  // namespace rt::net
