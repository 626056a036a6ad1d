// SPDX-License-Identifier: MIT
// Body: the bytes of one response after another on their way to being text: head, chunks (RFC 9112
// section 7.1), gzip (RFC 1952). Bytes come in pieces of any size. zlib is included in body.cc alone. One
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace rt::bench {

// Where text lies that was inflated, until the next piece is asked for. One serves all streams of a thread.
using Scratch = std::array<char, 256 * 1024>;

class Body {
 public:
  enum class Framing : std::uint8_t {
    chunked,
    any,  // or up to the connection's end
  };
  explicit Body(Framing framing = Framing::chunked);
  ~Body();
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  // A new response begins.
  void restart();
  // The next piece of text in `bytes`, of which as much is taken off; empty when all is taken.
  std::string_view next(std::string_view& bytes, Scratch& scratch);

  // 0: the head has not come yet.
  int status() const { return status_; }
  bool is_gzip() const { return is_gzip_; }
  // The last chunk came, and behind a compressed body its sums, which were right.
  bool has_ended() const { return stage_ == Stage::ended; }
  // What is wrong with the bytes; empty: nothing.
  std::string_view fault() const { return fault_; }
  // Would a cut here leave a chunk unfinished?
  bool is_inside_chunk() const { return stage_ == Stage::bytes || stage_ == Stage::bytes_end; }

 private:
  enum class Stage : std::uint8_t { head, size, bytes, bytes_end, trailer, ended };

  bool take_line(std::string_view& bytes, std::size_t length_max);
  void take_head();
  void take_size();
  void end();
  std::string_view inflate(std::string_view& bytes, Scratch& scratch);
  void fail(std::string_view fault) { fault_ = fault; }

  Framing framing_;
  Stage stage_ = Stage::head;
  std::string line_;  // what came of the head or of a line between chunks
  std::size_t chunk_left_ = 0;
  int status_ = 0;
  bool is_gzip_ = false;
  bool has_more_ = false;  // the inflater holds text that did not fit
  bool member_ended_ = false;
  std::string_view fault_;
  std::unique_ptr<z_stream_s> zlib_;
};

}  // namespace rt::bench
