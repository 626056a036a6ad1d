// SPDX-License-Identifier: MIT
// Compression of streams (RFC 1951, RFC 1952) without a compressor for each subscriber. An event is deflated
// once for all of them, into blocks that end at a byte's boundary and refer at most to the one event before:
// whoever was just sent that one gets the short form, everybody else the form that refers to nothing, and any
// sequence of them behind a gzip header is a valid stream. What is said to one subscriber alone goes out in
// stored blocks. zlib is included in gzip.cc alone. Pure; one thread for a Deflater.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rt::hub {

// Text as blocks of deflate data, and what is needed to account for it.
struct DeflatedText {
  std::string blocks;
  std::uint32_t text_bytes = 0;
  std::uint32_t crc = 0;         // of the text
  std::uint32_t crc_append = 0;  // how to put that behind another text's CRC
};

class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // `before`: the text that the reader has right before it, which the blocks may refer to.
  DeflatedText deflate(std::string_view text, std::string_view before = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a subscriber has been sent so far.
struct GzipSum {
  std::uint32_t crc = 0;
  std::uint32_t bytes = 0;  // modulo 2^32, as the format has it

  void add(std::string_view text);
  void add(const DeflatedText& text);
};

// A member's begin; no name, no time.
void append_gzip_header(std::string& out);
// `text` as it is, in stored blocks, and the empty one that zlib's Z_SYNC_FLUSH ends with: Go's reader hands
// nothing on before it.
void append_stored(std::string& out, std::string_view text);
// A member's end: an empty last block, then the sums.
void append_gzip_trailer(std::string& out, const GzipSum& sum);

}  // namespace rt::hub
