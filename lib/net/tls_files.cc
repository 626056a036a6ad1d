// SPDX-License-Identifier: MIT
#include "net/tls_files.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <system_error>

#include "net/socket.h"

namespace rt::net {

namespace {

constexpr std::size_t k_pem_bytes_max = 256 * 1024;
constexpr std::size_t k_chain_certificates_max = 16;
// 112 bits: RSA of 2048 bits (NIST SP 800-57), and every curve that a browser takes.
constexpr int k_security_bits_min = 112;
// A handshake costs a signature; with longer keys a few hundred clients would be all the work there is.
constexpr int k_rsa_bits_max = 8192;
constexpr mode_t k_others = S_IRWXG | S_IRWXO;

enum class Readers { anyone, owner_only };

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

std::unexpected<base::Error> refuse(std::string what, std::string hint = {}) {
  ERR_clear_error();
  return base::fail(base::ErrorKind::configuration, std::move(what), std::move(hint));
}

std::unexpected<base::Error> cannot_read(const std::string& path, int error) {
  return refuse("cannot read " + path + ": " + std::generic_category().message(error));
}

base::Result<std::string> read_file(const std::string& path, Readers readers) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return cannot_read(path, errno);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return cannot_read(path, errno);
  if (readers == Readers::owner_only && (status.st_mode & k_others) != 0)
    return refuse("the key " + path + " can be read or written by others than its owner",
                  "chmod 600 " + path);
  std::string text;
  text.reserve(k_pem_bytes_max);  // so that no copy of a key is left behind by growing
  std::array<char, 4096> piece;
  while (true) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(path, errno);
    if (got == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > k_pem_bytes_max)
      return refuse(path + " is larger than " + std::to_string(k_pem_bytes_max) + " bytes");
  }
  OPENSSL_cleanse(piece.data(), piece.size());
  return text;
}

Bio bio_of(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Was it the end of the text that ended the reading, and nothing wrong with it?
bool read_to_end() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

base::Result<std::vector<Certificate>> read_chain(const std::string& path) {
  const auto text = read_file(path, Readers::anyone);
  if (!text) return std::unexpected(text.error());
  std::vector<Certificate> chain;
  const Bio bio = bio_of(*text);
  ERR_clear_error();
  while (Certificate next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    chain.push_back(std::move(next));
    if (chain.size() > k_chain_certificates_max)
      return refuse(path + " holds more than " + std::to_string(k_chain_certificates_max) + " certificates",
                    "the server's own and those that lead to a root are enough");
  }
  if (!read_to_end()) return refuse(path + " holds a broken certificate");
  if (chain.empty())
    return refuse(path + " holds no certificate in PEM", "PEM begins with -----BEGIN CERTIFICATE-----");
  ERR_clear_error();
  return chain;
}

// Instead of OpenSSL's question at the terminal.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

base::Result<PrivateKey> read_key(const std::string& path) {
  auto text = read_file(path, Readers::owner_only);
  if (!text) return std::unexpected(text.error());
  bool encrypted = false;
  ERR_clear_error();
  PrivateKey key(PEM_read_bio_PrivateKey(bio_of(*text).get(), nullptr, &no_passphrase, &encrypted));
  OPENSSL_cleanse(text->data(), text->size());
  if (encrypted)
    return refuse("the key " + path + " is encrypted", "openssl pkey -in " + path + " -out PLAIN");
  if (!key)
    return refuse(path + " holds no private key in PEM", "PEM begins with -----BEGIN PRIVATE KEY-----");
  ERR_clear_error();
  return key;
}

base::Result<void> check_strength(const EVP_PKEY* key, const std::string& path) {
  if (EVP_PKEY_get_security_bits(key) < k_security_bits_min)
    return refuse("the key of the certificate in " + path + " is too short",
                  "ECDSA with P-256, or RSA with 2048 bits or more");
  if (EVP_PKEY_is_a(key, "RSA") != 0 && EVP_PKEY_get_bits(key) > k_rsa_bits_max)
    return refuse("the key of the certificate in " + path + " has more than " +
                  std::to_string(k_rsa_bits_max) + " bits");
  return {};
}

// Only the server's own: roots that ended are sent along on purpose where old devices know no other.
base::Result<void> check_time(const X509* certificate, const std::string& path) {
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
    return refuse("the certificate in " + path + " is not valid yet");
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
    return refuse("the certificate in " + path + " has expired");
  return {};
}

}  // namespace

void FreeCertificate::operator()(x509_st* certificate) const {
  X509_free(certificate);
}

void FreeKey::operator()(evp_pkey_st* key) const {
  EVP_PKEY_free(key);
}

base::Result<TlsIdentity> read_tls_identity(const TlsFiles& files) {
  auto chain = read_chain(files.certificate);
  if (!chain) return std::unexpected(chain.error());
  auto key = read_key(files.key);
  if (!key) return std::unexpected(key.error());
  const X509* own = chain->front().get();
  if (X509_check_private_key(own, key->get()) != 1)
    return refuse("the key " + files.key + " does not belong to the certificate in " + files.certificate,
                  "the server's own certificate is the first in its file");
  if (auto strong = check_strength(key->get(), files.certificate); !strong)
    return std::unexpected(strong.error());
  if (auto valid = check_time(own, files.certificate); !valid) return std::unexpected(valid.error());
  return TlsIdentity{*std::move(chain), *std::move(key)};
}

}  // namespace rt::net
