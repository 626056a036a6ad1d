// SPDX-License-Identifier: MIT
// A TlsSession and, at the other end of a socket pair, OpenSSL's own client. Both take turns on one thread.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/socket.h"
#include "net/tls.h"
#include "net/tls_certificate.h"

namespace rt::net {

struct FreeClient {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* client) const { SSL_free(client); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using ClientContext = std::unique_ptr<SSL_CTX, FreeClient>;
using ClientSession = std::unique_ptr<SSL_SESSION, FreeClient>;

inline std::shared_ptr<const TlsServer> tls_server(TlsVersion oldest = TlsVersion::tls12,
                                                   const TlsServer* before = nullptr) {
  const CertificateFolder folder;
  folder.make("own");
  auto server = TlsServer::load({folder.path("own.crt"), folder.path("own.key"), oldest}, before);
  REQUIRE(server);
  return *std::move(server);
}

class TlsPair {
 public:
  // `version`: the only one that the client speaks.
  explicit TlsPair(const TlsServer& server, int version = TLS1_3_VERSION, int buffer_bytes = 0) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    here_ = Descriptor(ends[0]);
    there_ = Descriptor(ends[1]);
    if (buffer_bytes != 0) ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    session.emplace(server, ends[0]);
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    client_.reset(SSL_new(context_.get()));
    SSL_set_fd(client(), ends[1]);
    SSL_set_connect_state(client());
  }

  SSL* client() { return client_.get(); }
  int client_socket() const { return there_.get(); }
  void hang_up() { there_ = Descriptor(); }
  void half_close() { ::shutdown(there_.get(), SHUT_WR); }

  // What the session's next read gives; its bytes go to `received`.
  TlsState read() {
    const TlsProgress progress = session->read(input_);
    CHECK(ERR_peek_error() == 0);
    received.append(input_.data(), progress.bytes);
    return progress.state;
  }

  // True when both have shaken hands.
  bool shake_hands() {
    for (int turn = 0; turn < 20; ++turn) {
      const int done = SSL_do_handshake(client());
      const bool hopeless = done != 1 && SSL_get_error(client(), done) != SSL_ERROR_WANT_READ;
      ERR_clear_error();
      const TlsState state = read();
      if (state == TlsState::failed || hopeless) return false;
      if (done == 1 && state == TlsState::wants_read) return true;
    }
    return false;
  }

  // What the client can read now.
  std::string client_reads(std::size_t bytes_max = 1 << 20) {
    std::string all;
    std::array<char, 16 * 1024> piece;
    while (all.size() < bytes_max) {
      const int got =
          SSL_read(client(), piece.data(), static_cast<int>(std::min(piece.size(), bytes_max - all.size())));
      if (got <= 0) break;
      all.append(piece.data(), static_cast<std::size_t>(got));
    }
    ERR_clear_error();
    return all;
  }
  bool client_writes(std::string_view bytes) {
    return SSL_write(client(), bytes.data(), static_cast<int>(bytes.size())) ==
           static_cast<int>(bytes.size());
  }

  std::optional<TlsSession> session;
  std::string received;

 private:
  Descriptor here_, there_;
  ClientContext context_;
  std::unique_ptr<SSL, FreeClient> client_;
  std::array<char, k_tls_record_bytes_max> input_;
};

}  // namespace rt::net
