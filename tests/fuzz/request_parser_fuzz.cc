// SPDX-License-Identifier: MIT
// Any bytes, cut anywhere, come to the same requests and refusals, and the parser holds no more than its
// limits allow. The first byte of the input says where to cut; the rest is what the connection sends.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "../http/transcript.h"

namespace {

using rt::http::Field;
using rt::http::ParserLimits;
using rt::http::Request;
using rt::http::test::Transcript;

constexpr std::size_t k_body_bytes_max = 256;
constexpr ParserLimits k_limits{.target_bytes_max = 64,
                                .head_bytes_max = 512,
                                .field_count_max = 8,
                                .chunk_extension_bytes_max = 16,
                                .trailer_bytes_max = 64};

void expect(bool is_true, const char* what) {
  if (is_true) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void check_memory(Transcript& transcript) {
  const Request& request = transcript.parser().request();
  // Buffers grow by doubling.
  expect(request.head.capacity() <= 2 * k_limits.head_bytes_max, "the head is larger than its limit allows");
  expect(request.body.capacity() <= 2 * k_body_bytes_max, "the body is larger than its limit allows");
  expect(request.fields.size() <= k_limits.field_count_max, "there are more fields than the limit allows");
}

template <class NextSize>
std::string cut(std::string_view bytes, NextSize next_size) {
  Transcript transcript(k_body_bytes_max, k_limits);
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, next_size());
    bytes.remove_prefix(piece.size());
    transcript.feed(piece);
    check_memory(transcript);
  }
  return transcript.text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::minstd_rand random(data[0] + 1U);

  const std::string whole = cut(bytes, [] { return std::string_view::npos; });
  expect(cut(bytes, [] { return std::size_t{1}; }) == whole, "byte by byte differs from whole");
  expect(cut(bytes, [&random] { return std::size_t{1 + random() % 24}; }) == whole,
         "a cut differs from whole");
  return 0;
}
