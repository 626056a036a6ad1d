// SPDX-License-Identifier: MIT
#include "http/chunk.h"

#include <array>
#include <charconv>

namespace rt::http {

void append_chunk_head(std::string& out, std::size_t bytes) {
  std::array<char, 2 * sizeof(bytes)> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), bytes, 16);
  out.append(digits.data(), written.ptr);
  out += "\r\n";
}

void append_chunk(std::string& out, std::string_view bytes) {
  if (bytes.empty()) return;  // a chunk of size 0 would end the body
  append_chunk_head(out, bytes.size());
  out += bytes;
  out += "\r\n";
}

std::size_t write_padded_chunk_head(char* at, std::uint32_t bytes) {
  std::size_t zeros = 8;
  for (std::size_t digit = 8; digit-- > 0; bytes >>= 4U) {
    at[digit] = "0123456789abcdef"[bytes & 0xfU];
    if (bytes != 0) zeros = digit;
  }
  at[8] = '\r';
  at[9] = '\n';
  return zeros;
}

}  // namespace rt::http
