// SPDX-License-Identifier: MIT
// ChunkLines: collects the lines between the bytes of a chunked body (RFC 9112 section 7.1) from pieces of
// any size and under limits, so that Beast gets each group of them whole: the CRLF behind a chunk's bytes
// with the size line that follows, and the last size line with the trailer. Inner part of
// http/request_parser.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace rt::http {

struct ChunkLimits {
  std::size_t extension_bytes_max;
  std::size_t trailer_bytes_max;
};

class ChunkLines {
 public:
  enum class Outcome {
    need_more,  // everything given was taken
    size,       // lines() ends with the size line of a chunk with bytes
    end,        // lines() ends with the trailer
    refused,    // fault() says why
  };

  explicit ChunkLines(const ChunkLimits& limits) : limits_(limits) {}

  Outcome take(std::string_view& bytes);
  std::string_view lines() const { return {lines_.data(), lines_.size()}; }
  std::string_view fault() const { return fault_; }
  // The chunk's bytes came; its CRLF and the next size line follow.
  void next_chunk();

 private:
  enum class Stage { size, chunk_end, trailer };

  std::size_t line_bytes_max() const;
  std::string_view fault_of_length() const;
  Outcome check_size_line();
  Outcome refuse(std::string_view fault);

  ChunkLimits limits_;
  Stage stage_ = Stage::size;
  std::vector<char> lines_;
  std::size_t line_start_ = 0;
  std::size_t trailer_start_ = 0;
  std::string_view fault_;
};

}  // namespace rt::http
