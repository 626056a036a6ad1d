// SPDX-License-Identifier: MIT
#include "auth/signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <map>
#include <vector>

namespace rt::auth {
namespace {

void must(bool done) {
  if (!done) std::abort();
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

EVP_PKEY* generate_rsa_pss() {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr);
  EVP_PKEY* key = nullptr;
  must(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_generate(context, &key) == 1);
  EVP_PKEY_CTX_free(context);
  return key;
}

EVP_PKEY* generate(Signer::Type type) {
  using enum Signer::Type;
  switch (type) {
    case rsa1024:
      return EVP_RSA_gen(1024);
    case rsa2048:
      return EVP_RSA_gen(2048);
    case rsa_pss:
      return generate_rsa_pss();
    case p256:
      return EVP_EC_gen("P-256");
    case p384:
      return EVP_EC_gen("P-384");
    case p521:
      return EVP_EC_gen("P-521");
    case secp256k1:
      return EVP_EC_gen("secp256k1");
    case ed25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case ed448:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448");
  }
  std::abort();
}

std::string sign_with(EVP_PKEY* key, const char* digest, std::string_view message, int salt_length,
                      const char* mgf1_digest) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  must(EVP_DigestSignInit_ex(context, &options, digest, nullptr, nullptr, key, nullptr) == 1);
  if (mgf1_digest != nullptr)
    must(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt_length) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md_name(options, mgf1_digest, nullptr) == 1);
  std::size_t length = 0;
  must(EVP_DigestSign(context, nullptr, &length, bytes_of(message), message.size()) == 1);
  std::string signature(length, '\0');
  must(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &length, bytes_of(message),
                      message.size()) == 1);
  EVP_MD_CTX_free(context);
  signature.resize(length);
  return signature;
}

std::string raw_of(const std::string& der, int half) {
  const unsigned char* at = bytes_of(der);
  ECDSA_SIG* both = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  must(both != nullptr);
  std::string raw(2 * static_cast<std::size_t>(half), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  must(BN_bn2binpad(ECDSA_SIG_get0_r(both), out, half) == half);
  must(BN_bn2binpad(ECDSA_SIG_get0_s(both), out + half, half) == half);
  ECDSA_SIG_free(both);
  return raw;
}

template <class Write>
std::string written(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  must(write(bio) == 1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio, &text);
  std::string out(text, static_cast<std::size_t>(length));
  BIO_free(bio);
  return out;
}

std::string octets(EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const int length = size != 0 ? size : BN_num_bytes(number);
  std::string out(static_cast<std::size_t>(length), '\0');
  must(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), length) == length);
  BN_free(number);
  return base64url_encode(out);
}

std::string raw_public(EVP_PKEY* key) {
  std::string out(64, '\0');
  std::size_t length = out.size();
  must(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(out.data()), &length) == 1);
  return base64url_encode(out.substr(0, length));
}

}  // namespace

Signer::Signer(Type type) : key_(generate(type), [](EVP_PKEY* key) { EVP_PKEY_free(key); }) {
  must(key_ != nullptr);
}

const Signer& Signer::of(Type type) {
  static std::map<Type, Signer> made;
  return made.try_emplace(type, type).first->second;
}

std::string Signer::sign(Algorithm algorithm, std::string_view message) const {
  switch (algorithm) {
    case Algorithm::rs256:
      return sign_with(key_.get(), "SHA256", message, 0, nullptr);
    case Algorithm::rs384:
      return sign_with(key_.get(), "SHA384", message, 0, nullptr);
    case Algorithm::rs512:
      return sign_with(key_.get(), "SHA512", message, 0, nullptr);
    case Algorithm::ps256:
      return sign_pss(message, 32);
    case Algorithm::es256:
      return raw_of(sign_der(message, "SHA256"), 32);
    case Algorithm::es384:
      return raw_of(sign_der(message, "SHA384"), 48);
    case Algorithm::eddsa:
      return sign_with(key_.get(), nullptr, message, 0, nullptr);
    default:
      std::abort();
  }
}

std::string Signer::sign_pss(std::string_view message, int salt_length, const char* mgf1_digest) const {
  return sign_with(key_.get(), "SHA256", message, salt_length, mgf1_digest);
}

std::string Signer::sign_der(std::string_view message, const char* digest) const {
  return sign_with(key_.get(), digest, message, 0, nullptr);
}

std::string Signer::public_pem() const {
  return written([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key_.get()); });
}

std::string Signer::pkcs1_pem() const {
  unsigned char* der = nullptr;
  const int length = i2d_PublicKey(key_.get(), &der);
  must(length > 0);
  const std::string out = written(
      [&](BIO* bio) { return PEM_write_bio(bio, PEM_STRING_RSA_PUBLIC, "", der, length) > 0 ? 1 : 0; });
  OPENSSL_free(der);
  return out;
}

std::string Signer::private_pem() const {
  return written([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string Signer::certificate() const {
  X509* certificate = X509_new();
  must(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  must(X509_set_pubkey(certificate, key_.get()) == 1);
  must(X509_sign(certificate, key_.get(), EVP_PKEY_is_a(key_.get(), "ED25519") ? nullptr : EVP_sha256()) > 0);
  const std::string out = written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
  X509_free(certificate);
  return out;
}

std::string Signer::jwk() const {
  EVP_PKEY* key = key_.get();
  if (EVP_PKEY_is_a(key, "RSA"))
    return R"("kty":"RSA","n":")" + octets(key, OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
           octets(key, OSSL_PKEY_PARAM_RSA_E) + '"';
  if (EVP_PKEY_is_a(key, "EC")) {
    const int half = (EVP_PKEY_get_bits(key) + 7) / 8;
    return R"("kty":"EC","crv":"P-)" + std::to_string(EVP_PKEY_get_bits(key)) + R"(","x":")" +
           octets(key, OSSL_PKEY_PARAM_EC_PUB_X, half) + R"(","y":")" +
           octets(key, OSSL_PKEY_PARAM_EC_PUB_Y, half) + '"';
  }
  const char* curve = EVP_PKEY_is_a(key, "ED25519") ? "Ed25519" : "Ed448";
  return R"("kty":"OKP","crv":")" + std::string(curve) + R"(","x":")" + raw_public(key) + '"';
}

std::string Signer::private_member() const {
  if (EVP_PKEY_is_a(key_.get(), "RSA")) return R"("d":")" + octets(key_.get(), OSSL_PKEY_PARAM_RSA_D) + '"';
  return R"("d":"c2VjcmV0")";
}

std::string jwk_set(std::initializer_list<std::string> keys) {
  std::string out = R"({"keys":[)";
  for (const std::string& key : keys) out += (out.ends_with('[') ? "{" : ",{") + key + '}';
  return out + "]}";
}

}  // namespace rt::auth
