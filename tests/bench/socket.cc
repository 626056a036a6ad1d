// SPDX-License-Identifier: MIT
#include "bench/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace rt::bench {

namespace {

constexpr int k_wait_max_ms = 10'000;

std::unexpected<base::Error> failed(const char* call) {
  return base::fail(base::ErrorKind::unavailable, std::string(call) + ": " + std::strerror(errno));
}

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
  address.sin_port = htons(port);
  return address;
}

// For all connections of the process; nothing is verified, as that is OpenSSL's default for a client's.
SSL_CTX* context() {
  static SSL_CTX* const made = [] {
    SSL_CTX* fresh = ::SSL_CTX_new(::TLS_client_method());
    ::SSL_CTX_set_mode(fresh, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return fresh;
  }();
  return made;
}

int int_of(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

}  // namespace

std::string Endpoint::authorization() const {
  return token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
}

void Socket::FreeTls::operator()(ssl_st* tls) const {
  ::SSL_free(tls);
}

base::Result<void> Socket::connect(const Endpoint& endpoint, std::uint32_t host) {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0) return failed("socket");
  awaited_ = EPOLLOUT;
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(descriptor_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const sockaddr_in from = loopback(host, 0);
  if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) return failed("bind");
  const sockaddr_in to = loopback(1, endpoint.port);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    return failed("connect");
  if (endpoint.transport == Transport::plain) return {};
  tls_.reset(::SSL_new(context()));
  if (!tls_ || ::SSL_set_fd(tls_.get(), descriptor_) != 1)
    return base::fail(base::ErrorKind::unavailable, "no memory for TLS");
  ::SSL_set_connect_state(tls_.get());
  return {};
}

base::Result<void> Socket::wait_connected() {
  if (!wait()) return base::fail(base::ErrorKind::timeout, "connect: no answer");
  socklen_t size = sizeof errno;
  ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &errno, &size);
  if (errno != 0) return failed("connect");
  if (!tls_) return {};
  ::ERR_clear_error();
  while (result_of(::SSL_do_handshake(tls_.get())) <= 0) {
    if (errno != EAGAIN || !wait()) return failed("TLS handshake");
  }
  return {};
}

ssize_t Socket::send(std::string_view bytes) {
  if (tls_) {
    ::ERR_clear_error();
    return result_of(::SSL_write(tls_.get(), bytes.data(), int_of(bytes.size())));
  }
  awaited_ = EPOLLOUT;
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno == ENOTCONN) errno = EAGAIN;
  return sent;
}

ssize_t Socket::receive(char* bytes, std::size_t size) {
  if (tls_) {
    ::ERR_clear_error();
    return result_of(::SSL_read(tls_.get(), bytes, int_of(size)));
  }
  awaited_ = EPOLLIN;
  return ::recv(descriptor_, bytes, size, 0);
}

ssize_t Socket::result_of(int tls_result) {
  switch (::SSL_get_error(tls_.get(), tls_result)) {
    case SSL_ERROR_NONE:
      return tls_result;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_WANT_READ:
      awaited_ = EPOLLIN;
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_WANT_WRITE:
      awaited_ = EPOLLOUT;
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_SYSCALL:
      if (errno == 0) errno = ECONNRESET;
      return -1;
    default:
      errno = EPROTO;
      return -1;
  }
}

bool Socket::wait() const {
  pollfd one{descriptor_, static_cast<short>(awaited_), 0};
  return ::poll(&one, 1, k_wait_max_ms) > 0;
}

void Socket::close(Farewell farewell) {
  tls_.reset();
  if (descriptor_ < 0) return;
  if (farewell == Farewell::reset) {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  ::close(std::exchange(descriptor_, -1));
}

}  // namespace rt::bench
