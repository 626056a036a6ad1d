// SPDX-License-Identifier: MIT
#include "http/chunk_lines.h"

#include <algorithm>

#include "http/line.h"

namespace rt::http {
namespace {

constexpr std::string_view k_crlf = "\r\n";
constexpr std::size_t k_size_digits_max = 16;

}  // namespace

ChunkLines::Outcome ChunkLines::take(std::string_view& bytes) {
  for (;;) {
    switch (take_line(bytes, lines_, line_start_, line_bytes_max())) {
      case LineOutcome::need_more:
        return Outcome::need_more;
      case LineOutcome::bad_character:
        return refuse(k_bad_line);
      case LineOutcome::too_long:
        return refuse(fault_of_length());
      case LineOutcome::whole:
        break;
    }
    const std::string_view line = lines().substr(line_start_);
    switch (stage_) {
      case Stage::chunk_end:
        stage_ = Stage::size;
        break;
      case Stage::size:
        if (const Outcome outcome = check_size_line(); outcome != Outcome::end) return outcome;
        stage_ = Stage::trailer;
        trailer_start_ = lines_.size();
        break;
      case Stage::trailer:
        if (is_folded(line)) return refuse(k_folded_line);
        if (line == k_crlf) return Outcome::end;
        break;
    }
    line_start_ = lines_.size();
  }
}

void ChunkLines::next_chunk() {
  stage_ = Stage::chunk_end;
  lines_.clear();
  line_start_ = 0;
}

std::size_t ChunkLines::line_bytes_max() const {
  switch (stage_) {
    case Stage::chunk_end:
      return k_crlf.size();
    case Stage::size:
      return k_size_digits_max + limits_.extension_bytes_max + k_crlf.size();
    case Stage::trailer:
      return limits_.trailer_bytes_max - (line_start_ - trailer_start_);
  }
  return 0;
}

std::string_view ChunkLines::fault_of_length() const {
  switch (stage_) {
    case Stage::chunk_end:
      return "a chunk's bytes are not followed by CRLF";
    case Stage::size:
      return "a chunk's size line is too long";
    case Stage::trailer:
      return "the trailer is too long";
  }
  return {};
}

// The answer is `end` for the last chunk, which has no bytes.
ChunkLines::Outcome ChunkLines::check_size_line() {
  const std::string_view line = lines().substr(line_start_, lines_.size() - line_start_ - k_crlf.size());
  const std::size_t digits = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
  if (digits == 0 || digits > k_size_digits_max)
    return refuse("a chunk's size is not 1 to 16 hexadecimal digits");
  if (line.size() - digits > limits_.extension_bytes_max) return refuse("a chunk extension is too long");
  return line.find_first_not_of('0') < digits ? Outcome::size : Outcome::end;
}

ChunkLines::Outcome ChunkLines::refuse(std::string_view fault) {
  fault_ = fault;
  return Outcome::refused;
}

}  // namespace rt::http
