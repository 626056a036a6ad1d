// SPDX-License-Identifier: MIT
// Stream: one subscriber of the server: a Socket, what undoes the response's codings, the decoder, and the
// Follower that checks what comes. It may be cut and connected again, and then resumes. Owned by a Crowd,
// whose thread calls it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "bench/body.h"
#include "bench/follower.h"
#include "bench/socket.h"
#include "bench/tally.h"
#include "sse/decoder.h"

namespace rt::bench {

enum class Encoding : std::uint8_t { identity, gzip };

class Stream {
 public:
  // `number` chooses an address of the loopback net to come from, so that none runs out of ports. `path` may
  // have a query. `endpoint` and `tally` outlive it.
  Stream(const Endpoint& endpoint, std::uint32_t number, std::string path, Encoding encoding,
         Follower follower, Tally& tally);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Begins to connect; then send_request() is due, whenever the socket is what it awaits, until
  // is_requested().
  base::Result<void> connect();
  base::Result<void> send_request();
  bool is_requested() const { return is_requested_; }
  // Decodes and checks; false when the bytes are wrong, which the tally then knows.
  bool take(std::string_view bytes, std::uint64_t received_ns, Scratch& scratch);
  void close(Farewell farewell) { socket_.close(farewell); }

  Socket& socket() { return socket_; }
  bool is_open() const { return socket_.is_open(); }
  const Body& body() const { return body_; }
  Follower& follower() { return follower_; }
  std::uint32_t number() const { return number_; }

  // For the Crowd: of what comes next only so many bytes are read, and then the stream is closed. 0: all are
  // read.
  std::size_t last_bytes_max = 0;

 private:
  const Endpoint& endpoint_;
  std::uint32_t number_;
  std::string path_;
  Encoding encoding_;
  Follower follower_;
  Tally& tally_;
  Body body_;
  sse::Decoder decoder_;
  std::uint64_t received_ns_ = 0;
  Socket socket_;
  bool is_requested_ = false;
};

}  // namespace rt::bench
