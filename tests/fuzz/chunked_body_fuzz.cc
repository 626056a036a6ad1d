// SPDX-License-Identifier: MIT
// Chunked bodies. Behind a fixed head any bytes, cut anywhere, come to the same body and end, or to the same
// refusal; a body that is accepted is the one that a plain second reading finds, up to the same byte, so that
// nobody can hide a request in it; and what is written as chunks is read back. The input's first byte says
// where to cut.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "http/chunk.h"
#include "http/request_parser.h"

namespace {

using rt::http::ParserLimits;
using rt::http::Progress;
using rt::http::RequestParser;

constexpr std::string_view k_head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::size_t k_body_bytes_max = 256;
constexpr ParserLimits k_limits{.chunk_extension_bytes_max = 16, .trailer_bytes_max = 64};

void expect(bool is_true, const char* what) {
  if (is_true) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

struct Reading {
  Progress end = Progress::need_more;
  int status = 0;
  std::string text;       // the body, or why it was refused
  std::size_t taken = 0;  // bytes of the input up to the body's end

  bool operator==(const Reading&) const = default;
};

template <class NextSize>
Reading read(std::string_view bytes, NextSize next_size) {
  RequestParser parser(k_limits);
  std::string_view head = k_head;
  expect(parser.feed(head) == Progress::head, "the head is refused");
  Reading reading;
  reading.end = parser.set_body_limit(k_body_bytes_max);
  while (reading.end == Progress::need_more && reading.taken < bytes.size()) {
    std::string_view piece = bytes.substr(reading.taken, next_size());
    const std::size_t given = piece.size();
    reading.end = parser.feed(piece);
    expect(reading.end != Progress::need_more || piece.empty(), "bytes are left though more are needed");
    reading.taken += given - piece.size();
    expect(parser.request().body.capacity() <= 2 * k_body_bytes_max,
           "the body is larger than its limit allows");
  }
  if (reading.end == Progress::refused) {
    reading.taken = 0;  // nobody reads on
    reading.status = parser.refusal().status;
    reading.text = parser.refusal().detail;
  } else {
    reading.text = parser.request().body;
  }
  return reading;
}

// The second reading takes more than the first may: sizes up to anything that is no digit, lines up to CRLF.
std::optional<Reading> read_again(std::string_view bytes) {
  Reading reading;
  reading.end = Progress::complete;
  const auto line = [&]() -> std::optional<std::string_view> {
    const std::size_t end = bytes.find("\r\n", reading.taken);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view found = bytes.substr(reading.taken, end - reading.taken);
    reading.taken = end + 2;
    return found;
  };
  for (;;) {
    const auto size_line = line();
    if (!size_line) return std::nullopt;
    const std::string digits(size_line->substr(0, size_line->find_first_not_of("0123456789abcdefABCDEF")));
    if (digits.empty() || digits.size() > 16) return std::nullopt;
    const std::size_t size = std::strtoull(digits.c_str(), nullptr, 16);
    if (size == 0) break;
    if (size > bytes.size() || reading.taken > bytes.size() - size) return std::nullopt;
    reading.text += bytes.substr(reading.taken, size);
    reading.taken += size;
    if (const auto end = line(); !end || !end->empty()) return std::nullopt;
  }
  for (;;) {
    const auto trailer = line();
    if (!trailer) return std::nullopt;
    if (trailer->empty()) return reading;
  }
}

void check_written(std::string_view bytes, std::minstd_rand& random) {
  const std::string_view body = bytes.substr(0, k_body_bytes_max);
  std::string chunks;
  for (std::string_view rest = body; !rest.empty();) {
    const std::string_view chunk = rest.substr(0, 1 + random() % 40);
    rt::http::append_chunk(chunks, chunk);
    rest.remove_prefix(chunk.size());
  }
  chunks += rt::http::k_last_chunk;
  const Reading reading = read(chunks, [&random] { return std::size_t{1 + random() % 24}; });
  expect(reading.end == Progress::complete && reading.text == body && reading.taken == chunks.size(),
         "what was written as chunks is not read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::minstd_rand random(data[0] + 1U);

  const Reading whole = read(bytes, [] { return std::string_view::npos; });
  expect(read(bytes, [] { return std::size_t{1}; }) == whole, "byte by byte differs from whole");
  expect(read(bytes, [&random] { return std::size_t{1 + random() % 24}; }) == whole,
         "a cut differs from whole");
  if (whole.end == Progress::complete)
    expect(whole == read_again(bytes), "a second reading finds another body");
  check_written(bytes, random);
  return 0;
}
