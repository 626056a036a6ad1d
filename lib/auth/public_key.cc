// SPDX-License-Identifier: MIT
// RSA, ECDSA and Ed25519 (RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1).
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "auth/ed25519_point.h"
#include "auth/key_material.h"
#include "auth/openssl_errors.h"

namespace rt::auth {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* c) { EVP_MD_CTX_free(c); })>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype([](EVP_PKEY_CTX* c) { EVP_PKEY_CTX_free(c); })>;
using Number = std::unique_ptr<BIGNUM, decltype([](BIGNUM* n) { BN_free(n); })>;
using Parameters = std::unique_ptr<OSSL_PARAM, decltype([](OSSL_PARAM* p) { OSSL_PARAM_free(p); })>;
using ParameterBuilder =
    std::unique_ptr<OSSL_PARAM_BLD, decltype([](OSSL_PARAM_BLD* b) { OSSL_PARAM_BLD_free(b); })>;

constexpr unsigned k_exponent_bits_max = 64;

struct CurveRow {
  Curve curve;
  std::string_view name;  // OpenSSL's
  Algorithm algorithm;    // each curve has its own (RFC 7518 section 3.4)
  const char* digest;
  std::string_view order;  // of its group, the n that r and s are less than
  std::size_t coordinate_bytes() const { return order.size(); }
};

constexpr std::array k_curves = {
    CurveRow{Curve::p256,
             "prime256v1",
             Algorithm::es256,
             OSSL_DIGEST_NAME_SHA2_256,
             {"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
              "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
              32}},
    CurveRow{Curve::p384,
             "secp384r1",
             Algorithm::es384,
             OSSL_DIGEST_NAME_SHA2_384,
             {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
              "\xff\xff\xff\xff\xff\xff\xff\xff\xc7\x63\x4d\x81\xf4\x37\x2d\xdf"
              "\x58\x1a\x0d\xb2\x48\xb0\xa7\x7a\xec\xec\x19\x6a\xcc\xc5\x29\x73",
              48}},
};

std::unexpected<base::Error> refuse(std::string what) {
  return base::fail(base::ErrorKind::invalid, std::move(what));
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A context in which everything but the message is set. Only ever copied, so that threads may share it;
// looking the algorithms up by name takes as long as many a verification.
DigestContext prepare(EVP_PKEY* key, const char* digest, bool is_pss = false) {
  DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  const bool done =
      context &&
      EVP_DigestVerifyInit_ex(context.get(), &options, digest, nullptr, nullptr, key, nullptr) == 1 &&
      (!is_pss || (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_rsa_mgf1_md_name(options, digest, nullptr) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1));
  return done ? std::move(context) : nullptr;
}

bool verify(const DigestContext& prepared, std::string_view message, std::string_view signature) {
  const QuietOpenssl quiet;
  const DigestContext own(EVP_MD_CTX_new());
  return own && EVP_MD_CTX_copy_ex(own.get(), prepared.get()) == 1 &&
         EVP_DigestVerify(own.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

class RsaKey final : public KeyMaterial {
 public:
  static constexpr std::array k_algorithms = {Algorithm::rs256, Algorithm::rs384, Algorithm::rs512,
                                              Algorithm::ps256};
  using Contexts = std::array<DigestContext, k_algorithms.size()>;
  RsaKey(Contexts contexts, std::size_t signature_bytes)
      : contexts_(std::move(contexts)), signature_bytes_(signature_bytes) {}

  bool serves(Algorithm algorithm) const override {
    return std::ranges::find(k_algorithms, algorithm) != k_algorithms.end();
  }
  bool verifies(Algorithm algorithm, std::string_view message, std::string_view signature) const override {
    const auto at = std::ranges::find(k_algorithms, algorithm) - k_algorithms.begin();
    // To OpenSSL a signature without its leading zeros is the same number (RFC 8017 sections 8.1.2
    // and 8.2.2).
    return signature.size() == signature_bytes_ &&
           verify(contexts_[static_cast<std::size_t>(at)], message, signature);
  }

 private:
  Contexts contexts_;
  std::size_t signature_bytes_;
};

// An INTEGER of DER, of what has at most 48 bytes.
void append_der_integer(std::string& out, std::string_view number) {
  number.remove_prefix(std::min(number.find_first_not_of('\0'), number.size() - 1));
  const bool looks_negative = (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
  out += '\x02';
  out += static_cast<char>(number.size() + (looks_negative ? 1 : 0));
  if (looks_negative) out += '\0';
  out += number;
}

class EcKey final : public KeyMaterial {
 public:
  EcKey(const CurveRow& curve, DigestContext context) : curve_(curve), context_(std::move(context)) {}

  bool serves(Algorithm algorithm) const override { return algorithm == curve_.algorithm; }
  bool verifies(Algorithm, std::string_view message, std::string_view signature) const override {
    const std::size_t half = curve_.coordinate_bytes();
    if (signature.size() != 2 * half) return false;
    const std::string_view r = signature.substr(0, half), s = signature.substr(half);
    // Of the same length, so that bytes compare as the numbers do.
    const auto in_range = [&](std::string_view number) {
      return number < curve_.order && number.find_first_not_of('\0') != number.npos;
    };
    if (!in_range(r) || !in_range(s)) return false;
    std::string integers;
    append_der_integer(integers, r);
    append_der_integer(integers, s);
    std::string der = "\x30";
    der += static_cast<char>(integers.size());  // at most 102: the short form of a length
    return verify(context_, message, der + integers);
  }

 private:
  const CurveRow& curve_;
  DigestContext context_;
};

class Ed25519Key final : public KeyMaterial {
 public:
  explicit Ed25519Key(DigestContext context) : context_(std::move(context)) {}

  bool serves(Algorithm algorithm) const override { return algorithm == Algorithm::eddsa; }
  bool verifies(Algorithm, std::string_view message, std::string_view signature) const override {
    constexpr std::size_t k_signature_bytes = 64;
    return signature.size() == k_signature_bytes && verify(context_, message, signature);
  }

 private:
  DigestContext context_;
};

base::Result<Key> no_algorithm() {
  return base::fail(base::ErrorKind::internal, "OpenSSL cannot verify with this type of key");
}

Number number_of(EVP_PKEY* key, const char* parameter) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, parameter, &number);
  return Number(number);
}

base::Result<Key> checked_rsa_key(EVP_PKEY* key) {
  const auto bits = static_cast<unsigned>(EVP_PKEY_get_bits(key));
  if (bits < k_rsa_bits_min || bits > k_rsa_bits_max)
    return refuse("an RSA key of " + std::to_string(bits) + " bits; at least " +
                  std::to_string(k_rsa_bits_min) + " are needed, at most " + std::to_string(k_rsa_bits_max) +
                  " taken");
  const Number modulus = number_of(key, OSSL_PKEY_PARAM_RSA_N);
  const Number exponent = number_of(key, OSSL_PKEY_PARAM_RSA_E);
  if (!modulus || !BN_is_odd(modulus.get())) return refuse("an RSA key whose modulus is even");
  if (!exponent || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get()) ||
      BN_num_bits(exponent.get()) > static_cast<int>(k_exponent_bits_max))
    return refuse("an RSA key whose exponent is even, 1 or has more than " +
                  std::to_string(k_exponent_bits_max) + " bits");
  RsaKey::Contexts contexts;
  constexpr std::array digests = {OSSL_DIGEST_NAME_SHA2_256, OSSL_DIGEST_NAME_SHA2_384,
                                  OSSL_DIGEST_NAME_SHA2_512, OSSL_DIGEST_NAME_SHA2_256};
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    contexts[i] = prepare(key, digests[i], RsaKey::k_algorithms[i] == Algorithm::ps256);
    if (!contexts[i]) return no_algorithm();
  }
  return Key(std::make_shared<const RsaKey>(std::move(contexts), (bits + 7) / 8));
}

base::Result<Key> checked_ec_key(EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  int is_explicit = 0;
  const bool has_name = EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1;
  // Curves spelled out by their parameters may have a generator of the key's maker's choice (CVE-2020-0601).
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit);
  const auto row = std::ranges::find(k_curves, std::string_view(name.data(), length), &CurveRow::name);
  if (!has_name || is_explicit != 0 || row == k_curves.end())
    return refuse("an EC key whose curve is neither P-256 nor P-384 by name");
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!context || EVP_PKEY_public_check(context.get()) != 1)
    return refuse("an EC key that is no point of its curve");
  DigestContext prepared = prepare(key, row->digest);
  if (!prepared) return no_algorithm();
  return Key(std::make_shared<const EcKey>(*row, std::move(prepared)));
}

base::Result<Key> checked_ed25519_key(EVP_PKEY* key) {
  std::array<unsigned char, 32> octets;
  std::size_t length = octets.size();
  if (EVP_PKEY_get_raw_public_key(key, octets.data(), &length) != 1 ||
      !is_ed25519_public_key({reinterpret_cast<const char*>(octets.data()), length}))
    return refuse("an Ed25519 key that is no point of its curve, or a weak one");
  DigestContext prepared = prepare(key, nullptr);
  if (!prepared) return no_algorithm();
  return Key(std::make_shared<const Ed25519Key>(std::move(prepared)));
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  return {key, [](EVP_PKEY* own) { EVP_PKEY_free(own); }};
}

// A key of OpenSSL's `type` from what `push` says of it; null when OpenSSL finds it wrong.
template <class Push>
std::shared_ptr<EVP_PKEY> build(const char* type, Push push) {
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || !push(builder.get())) return nullptr;
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return owned(key);
}

Number number_of(std::string_view big_endian) {
  return Number(BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

}  // namespace

base::Result<Key> public_key(const std::shared_ptr<EVP_PKEY>& key) {
  const QuietOpenssl quiet;
  if (EVP_PKEY_is_a(key.get(), "RSA")) return checked_rsa_key(key.get());
  if (EVP_PKEY_is_a(key.get(), "EC")) return checked_ec_key(key.get());
  if (EVP_PKEY_is_a(key.get(), "ED25519")) return checked_ed25519_key(key.get());
  const char* type = EVP_PKEY_get0_type_name(key.get());
  return refuse("a key of the type " + std::string(type == nullptr ? "?" : type) +
                "; RSA, EC and Ed25519 are taken");
}

base::Result<Key> rsa_key(std::string_view modulus, std::string_view exponent) {
  const QuietOpenssl quiet;
  constexpr std::size_t k_octets_max = k_rsa_bits_max / 8 + 1;
  if (modulus.size() > k_octets_max || exponent.size() > k_octets_max)
    return refuse("an RSA key of more than " + std::to_string(k_rsa_bits_max) + " bits");
  const Number n = number_of(modulus), e = number_of(exponent);
  const auto key = build("RSA", [&](OSSL_PARAM_BLD* builder) {
    return n && e && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e.get()) == 1;
  });
  if (!key) return refuse("an RSA key whose modulus or exponent is none");
  return public_key(key);
}

base::Result<Key> ec_key(Curve curve, std::string_view x, std::string_view y) {
  const QuietOpenssl quiet;
  const CurveRow& row = *std::ranges::find(k_curves, curve, &CurveRow::curve);
  if (x.size() != row.coordinate_bytes() || y.size() != row.coordinate_bytes())
    return refuse("an EC key whose coordinates do not have " + std::to_string(row.coordinate_bytes()) +
                  " bytes");
  const std::string point = std::string("\x04").append(x).append(y);  // SEC 1 section 2.3.3, uncompressed
  const auto key = build("EC", [&](OSSL_PARAM_BLD* builder) {
    return OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, row.name.data(),
                                           row.name.size()) == 1 &&
           OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) ==
               1;
  });
  if (!key) return refuse("an EC key that is no point of its curve");
  return public_key(key);
}

base::Result<Key> ed25519_key(std::string_view x) {
  const QuietOpenssl quiet;
  const auto key = owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size()));
  if (!key) return refuse("an Ed25519 key that does not have 32 bytes");
  return public_key(key);
}

}  // namespace rt::auth
