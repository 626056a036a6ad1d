// SPDX-License-Identifier: MIT
// Wire: a connection's socket, with TLS or without, so that the connection need not know. It owns the
// descriptor; receiving and sending never wait, and what they wait for is awaited here. The thread of the
// connection's reactor alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "net/tls.h"

namespace rt::net {

class Wire {
 public:
  enum class Input : std::uint8_t {
    bytes,
    nothing,     // now; await_input() tells when there may be more
    end,         // the peer has said all it will say
    broken,      // the connection is of no use any more
    plain_http,  // a client of the wrong protocol: from here on the wire is plain, so that it can be told
  };
  struct Received {
    Input input;
    std::size_t bytes = 0;
  };

  // `tls`: null for plain.
  Wire(boost::asio::io_context& context, int descriptor, const TlsServer* tls);

  int descriptor() { return socket_.native_handle(); }

  // `into` has room for k_tls_record_bytes_max at least.
  Received receive(std::span<char> into);
  // How much was taken; nothing when the connection is broken. The next send begins with what was not.
  std::optional<std::size_t> send(std::string_view bytes);
  // Ends what is sent: TLS's own end, then FIN. False when there is no room: again after await_room().
  bool finish();
  // At once. Whoever is not done with finish() ends TLS as far as that goes without waiting.
  void close();

  // Calls `then(error)` once when receive(), or send() and finish(), may come further; not after close().
  template <class Then>
  void await_input(Then then) {
    socket_.async_wait(tls_ && tls_->read_wants_write() ? Socket::wait_write : Socket::wait_read,
                       std::move(then));
  }
  template <class Then>
  void await_room(Then then) {
    socket_.async_wait(tls_ && tls_->write_wants_read() ? Socket::wait_read : Socket::wait_write,
                       std::move(then));
  }

 private:
  using Socket = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

  Socket socket_;
  std::unique_ptr<TlsSession> tls_;
};

}  // namespace rt::net
