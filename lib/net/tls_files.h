// SPDX-License-Identifier: MIT
// The certificate and the key of a TlsServer, read from their files and checked to be fit for use together.
// Values of OpenSSL, owned by whoever holds them. A part of tls.cc; any thread.
#pragma once

#include <memory>
#include <vector>

#include "base/error.h"
#include "net/tls.h"

struct evp_pkey_st;
struct x509_st;

namespace rt::net {

struct FreeCertificate {
  void operator()(x509_st* certificate) const;
};
struct FreeKey {
  void operator()(evp_pkey_st* key) const;
};
using Certificate = std::unique_ptr<x509_st, FreeCertificate>;
using PrivateKey = std::unique_ptr<evp_pkey_st, FreeKey>;

struct TlsIdentity {
  std::vector<Certificate> chain;  // the server's own first; at least that
  PrivateKey key;
};

// Errors as those of TlsServer::load().
base::Result<TlsIdentity> read_tls_identity(const TlsFiles& files);

}  // namespace rt::net
