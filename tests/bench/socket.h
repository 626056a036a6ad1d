// SPDX-License-Identifier: MIT
// Socket: a connection to the server over the loopback net, plain or by TLS, where no certificate is looked
// at. It blocks in wait() and wait_connected() only. OpenSSL is included in socket.cc alone. Its owner's
// thread calls it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct ssl_st;

namespace rt::bench {

enum class Transport : std::uint8_t { plain, tls };
enum class Farewell : std::uint8_t { fin, reset };

struct Endpoint {
  std::uint16_t port = 0;  // on 127.0.0.1
  std::string token;       // empty: none is sent
  Transport transport = Transport::plain;

  // The header line, for a request.
  std::string authorization() const;
};

class Socket {
 public:
  Socket() = default;
  ~Socket() { close(Farewell::fin); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Begins to connect, from 127.0.0.`host`.
  base::Result<void> connect(const Endpoint& endpoint, std::uint32_t host);
  // Until connected, and until the TLS handshake is done, which otherwise is a part of the first send().
  base::Result<void> wait_connected();

  // As send(2) and recv(2), errno too. Where that is EAGAIN, it goes on when the descriptor is what awaited()
  // says, in epoll's words; what was not sent is then sent again, unchanged.
  ssize_t send(std::string_view bytes);
  ssize_t receive(char* bytes, std::size_t size);
  std::uint32_t awaited() const { return awaited_; }
  // For that; false when it took too long.
  bool wait() const;

  void close(Farewell farewell);
  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  struct FreeTls {
    void operator()(ssl_st* tls) const;
  };
  ssize_t result_of(int tls_result);

  int descriptor_ = -1;
  std::uint32_t awaited_ = 0;
  std::unique_ptr<ssl_st, FreeTls> tls_;
};

}  // namespace rt::bench
