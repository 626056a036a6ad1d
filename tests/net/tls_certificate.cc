// SPDX-License-Identifier: MIT
#include "net/tls_certificate.h"

#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

namespace rt::net {

namespace {

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(length));
  BIO_free(bio);
  return text;
}

}  // namespace

CertificateFolder::CertificateFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "rt-tls-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
}

CertificateFolder::~CertificateFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void CertificateFolder::make(std::string_view name, const CertificateTraits& traits) const {
  const bool rsa = std::string_view(traits.key) == "RSA";
  EVP_PKEY* key = rsa ? EVP_RSA_gen(static_cast<unsigned>(traits.rsa_bits)) : EVP_EC_gen(traits.key);
  REQUIRE(key != nullptr);
  X509* certificate = X509_new();
  static long serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_set_version(certificate, X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate), static_cast<long>(traits.begins.count()));
  X509_gmtime_adj(X509_getm_notAfter(certificate), static_cast<long>(traits.ends.count()));
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"),
                             -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);

  BIO* certificate_text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_text, certificate);
  BIO* key_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr, nullptr);
  write(std::string(name) + ".crt", text_of(certificate_text));
  write(std::string(name) + ".key", text_of(key_text));
  X509_free(certificate);
  EVP_PKEY_free(key);
}

std::string CertificateFolder::write(std::string_view name, std::string_view text, unsigned mode) const {
  const std::string to = path(name);
  std::ofstream(to) << text;
  REQUIRE(::chmod(to.c_str(), mode) == 0);
  return to;
}

std::string CertificateFolder::read(std::string_view name) const {
  std::ostringstream text;
  text << std::ifstream(path(name)).rdbuf();
  return text.str();
}

}  // namespace rt::net
