// SPDX-License-Identifier: MIT
// Wire: a connection's socket, with TLS or without, so that the connection need not know. It owns the
// descriptor; receiving and sending never wait. The thread of the connection's reactor alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "net/socket.h"
#include "net/tls.h"

namespace rt::net {

class Wire {
 public:
  enum class Input : std::uint8_t {
    bytes,
    nothing,     // for now
    end,         // the peer has said all it will say
    broken,      // the connection is of no use any more
    plain_http,  // a client of the wrong protocol: from here on the wire is plain, so that it can be told
  };
  struct Received {
    Input input;
    std::size_t bytes = 0;
    bool is_drained = false;  // the next one would find nothing, unless more comes or the peer has ended
  };

  // `tls`: null for plain.
  Wire(int descriptor, const TlsServer* tls);

  int descriptor() const { return socket_.get(); }

  // `into` has room for k_tls_record_bytes_max at least.
  Received receive(std::span<char> into);
  // How much was taken; nothing when the connection is broken. The next send begins with what was not.
  std::optional<std::size_t> send(std::string_view bytes);
  // Ends what is sent: TLS's own end, then FIN. False when there is no room: again when there is.
  bool finish();
  // At once. Whoever is not done with finish() ends TLS as far as that goes without waiting.
  void close();

  // TLS may have to write before it can receive, and to read before it can send.
  bool receive_awaits_room() const { return tls_ && tls_->read_wants_write(); }
  bool send_awaits_input() const { return tls_ && tls_->write_wants_read(); }

 private:
  Descriptor socket_;
  std::unique_ptr<TlsSession> tls_;
};

}  // namespace rt::net
