// SPDX-License-Identifier: MIT
// Stream: one subscriber of the server: a socket, what undoes the response's codings, the decoder, and the
// Follower that checks what comes. It may be cut and connected again, and then resumes. Owned by a Crowd,
// whose thread calls it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "bench/body.h"
#include "bench/follower.h"
#include "bench/tally.h"
#include "sse/decoder.h"

namespace rt::bench {

struct Endpoint {
  std::uint16_t port = 0;  // on 127.0.0.1
  std::string token;
};

enum class Encoding : std::uint8_t { identity, gzip };
enum class Farewell : std::uint8_t { fin, reset };

class Stream {
 public:
  // `number` chooses an address of the loopback net to come from, so that none runs out of ports. `path` may
  // have a query. `endpoint` and `tally` outlive it.
  Stream(const Endpoint& endpoint, std::uint32_t number, std::string path, Encoding encoding,
         Follower follower, Tally& tally);
  ~Stream() { close(Farewell::fin); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Begins to connect; then send_request() is due, until it says that it did.
  base::Result<void> connect();
  base::Result<bool> send_request();
  // Decodes and checks; false when the bytes are wrong, which the tally then knows.
  bool take(std::string_view bytes, std::uint64_t received_ns, Scratch& scratch);
  void close(Farewell farewell);

  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }
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
  int descriptor_ = -1;
};

}  // namespace rt::bench
