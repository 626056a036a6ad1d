// SPDX-License-Identifier: MIT
#include "net/tls.h"

#include <malloc.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <climits>
#include <cstdlib>

#include "net/tls_files.h"
#include "net/tls_socket.h"
#include "net/tls_tickets.h"

namespace rt::net {

namespace {

// Forward secrecy and authenticated encryption only; of TLS 1.3 OpenSSL has no others. The client chooses,
// for it knows whether it has AES in hardware.
constexpr const char* k_tls12_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* k_groups = "X25519:P-256:P-384";
constexpr int k_security_level = 2;  // 112 bits, and no SHA-1 in signatures
constexpr std::string_view k_alpn = "\x08http/1.1";
// A browser opens several connections at once, but a ticket costs each a write and a read.
constexpr std::size_t k_tickets = 1;
// A handshake holds 22 KiB up to its end. Where thousands shake hands at once these would stay in the heap as
// holes between what is kept; from here on blocks go back to the system at once. What a record takes lies
// below.
constexpr int k_lone_block_bytes_min = 20 * 1024;

// A client that asks for other protocols only meant another server (RFC 7301 section 3.2).
int on_alpn(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
            unsigned int offered_length, void*) {
  unsigned char* found = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(k_alpn.data());
  const int result = SSL_select_next_proto(&found, length, ours, static_cast<unsigned int>(k_alpn.size()),
                                           offered, offered_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

bool set_rules(SSL_CTX* context, TlsVersion oldest) {
  // IGNORE_UNEXPECTED_EOF: whether a request came whole is told by its framing, and many clients just go.
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Not AUTO_RETRY: a flood of records without data would keep a read from ever coming back.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets do it, and keep nothing here
  SSL_CTX_set_alpn_select_cb(context, &on_alpn, nullptr);
  SSL_CTX_set_security_level(context, k_security_level);
  const int version = oldest == TlsVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  return SSL_CTX_set_min_proto_version(context, version) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, k_tls12_ciphers) == 1 &&
         SSL_CTX_set1_groups_list(context, k_groups) == 1 && SSL_CTX_set_num_tickets(context, k_tickets) == 1;
}

bool use_identity(SSL_CTX* context, const TlsIdentity& identity) {
  if (SSL_CTX_use_certificate(context, identity.chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, identity.key.get()) != 1)
    return false;
  return std::all_of(identity.chain.begin() + 1, identity.chain.end(), [context](const Certificate& next) {
    return SSL_CTX_add1_chain_cert(context, next.get()) == 1;
  });
}

// The reason in OpenSSL's words, and nothing left behind for another's call to stumble over.
std::string taken_error() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  std::string text = reason != nullptr ? reason : "out of memory";
  ERR_clear_error();
  return text;
}

bool is_plain_http(unsigned long error) {
  const int reason = ERR_GET_REASON(error);
  return ERR_GET_LIB(error) == ERR_LIB_SSL &&
         (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST);
}

}  // namespace

base::Result<std::shared_ptr<const TlsServer>> TlsServer::load(const TlsFiles& files,
                                                               const TlsServer* before) {
  const auto identity = read_tls_identity(files);
  if (!identity) return std::unexpected(identity.error());
  ::mallopt(M_MMAP_THRESHOLD, k_lone_block_bytes_min);
  ERR_clear_error();
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr) return base::fail(base::ErrorKind::internal, "cannot set up TLS: " + taken_error());
  std::shared_ptr<const TlsServer> server(new TlsServer(context));
  if (!use_identity(context, *identity))
    return base::fail(base::ErrorKind::configuration,
                      "cannot use the certificate in " + files.certificate + ": " + taken_error());
  if (!set_rules(context, files.oldest) ||
      !set_ticket_keys(context, before != nullptr ? before->context_ : nullptr))
    return base::fail(base::ErrorKind::internal, "cannot set up TLS: " + taken_error());
  return server;
}

TlsServer::~TlsServer() {
  SSL_CTX_free(context_);
}

TlsSession::TlsSession(const TlsServer& server, int descriptor) : session_(SSL_new(server.context_)) {
  if (session_ != nullptr && set_socket(session_, descriptor)) {
    SSL_set_accept_state(session_);
    return;
  }
  ERR_clear_error();
  failed_ = true;
}

TlsSession::~TlsSession() {
  SSL_free(session_);
}

// What a call came to that did not get through; leaves no error behind.
TlsState TlsSession::state_of(int result) {
  const int error = SSL_get_error(session_, result);
  if (error == SSL_ERROR_WANT_READ) return TlsState::wants_read;
  if (error == SSL_ERROR_WANT_WRITE) return TlsState::wants_write;
  if (error == SSL_ERROR_ZERO_RETURN) return TlsState::closed;
  const bool plain_http = is_plain_http(ERR_peek_error());
  ERR_clear_error();
  failed_ = true;
  return plain_http ? TlsState::plain_http : TlsState::failed;
}

// The same for what sends. OpenSSL takes a broken socket for a closed session once the peer has said its
// last.
TlsState TlsSession::state_of_sending(int result) {
  const TlsState state = state_of(result);
  write_wants_read_ = state == TlsState::wants_read;
  if (state == TlsState::wants_read || state == TlsState::wants_write) return state;
  failed_ = true;
  return TlsState::failed;
}

TlsProgress TlsSession::read(std::span<char> into) {
  if (into.size() < k_tls_record_bytes_max) std::abort();
  if (failed_) return {TlsState::failed};
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(session_, into.data(), into.size(), &got);
  if (result == 1) {
    read_wants_write_ = false;
    return {TlsState::done, got};
  }
  const TlsState state = state_of(result);
  read_wants_write_ = state == TlsState::wants_write;
  return {state};
}

TlsProgress TlsSession::write(std::string_view bytes) {
  // OpenSSL holds the record, and wants to be asked for the same one again.
  if (bytes.size() < begun_bytes_) std::abort();
  std::size_t written = 0;
  while (written < bytes.size()) {
    if (failed_) return {TlsState::failed};
    const std::size_t piece =
        begun_bytes_ != 0 ? begun_bytes_ : std::min(bytes.size() - written, k_tls_record_bytes_max);
    ERR_clear_error();
    std::size_t went = 0;
    const int result = SSL_write_ex(session_, bytes.data() + written, piece, &went);
    if (result != 1) {
      const TlsState state = state_of_sending(result);
      begun_bytes_ = static_cast<std::uint16_t>(piece);
      return {state, written};
    }
    begun_bytes_ = 0;
    written += went;
  }
  return {TlsState::done, written};
}

TlsState TlsSession::finish() {
  // Before the handshake is through there is nothing to end; behind a record that went out in part nothing
  // can be said.
  if (failed_ || SSL_is_init_finished(session_) == 0 || begun_bytes_ != 0) return TlsState::failed;
  if (finished_) return TlsState::done;
  ERR_clear_error();
  // 0: ours is out, the peer's has not come; nobody waits for it.
  const int result = SSL_shutdown(session_);
  if (result < 0) return state_of_sending(result);
  finished_ = true;
  return TlsState::done;
}

}  // namespace rt::net
