// SPDX-License-Identifier: MIT
// Against zlib's own reader; under any interleaving of events, cuts and ends it is tested by
// tests/simulation.
#include "hub/gzip.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <array>
#include <optional>

using namespace rt::hub;

namespace {

// The text, or nothing when zlib finds the member broken or unfinished.
std::optional<std::string> inflated(const std::string& member) {
  z_stream zlib{};
  ::inflateInit2(&zlib, MAX_WBITS + 16);
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(member.data()));
  zlib.avail_in = static_cast<uInt>(member.size());
  std::string text(1 << 20, '\0');
  zlib.next_out = reinterpret_cast<Bytef*>(text.data());
  zlib.avail_out = static_cast<uInt>(text.size());
  const int result = ::inflate(&zlib, Z_FINISH);
  text.resize(zlib.total_out);
  ::inflateEnd(&zlib);
  if (result != Z_STREAM_END || zlib.avail_in != 0) return std::nullopt;
  return text;
}

}  // namespace

TEST_CASE("pieces deflated each for itself, in any order and often, make one gzip member with stored text") {
  Deflater deflater;
  const std::array pieces = {deflater.deflate("data: {\"a\":1}\n\n"),
                             deflater.deflate(std::string(70'000, 'x')), deflater.deflate("")};
  std::string member;
  std::string expected;
  GzipSum sum;
  append_gzip_header(member);
  for (const std::size_t at : {0U, 1U, 0U, 2U, 1U, 0U}) {
    member += pieces[at].blocks;
    sum.add(pieces[at]);
    expected += at == 0 ? "data: {\"a\":1}\n\n" : at == 1 ? std::string(70'000, 'x') : "";
    const std::string stored(at * 40'000, 's');
    append_stored(member, stored);
    sum.add(stored);
    expected += stored;
  }
  CHECK_FALSE(inflated(member).has_value());
  append_gzip_trailer(member, sum);
  CHECK(inflated(member) == expected);
}

TEST_CASE(
    "a text that resembles the one before it becomes much shorter, and is whole again behind that one") {
  const std::string first = "id: 1764000000000-0\ndata: {\"driverId\":\"D-1\",\"speed\":41.5}\n\n";
  const std::string second = "id: 1764000000250-0\ndata: {\"driverId\":\"D-2\",\"speed\":40.5}\n\n";
  Deflater deflater;
  const DeflatedText before = deflater.deflate(first);
  const DeflatedText after = deflater.deflate(second, first);
  CHECK(after.blocks.size() * 2 < deflater.deflate(second).blocks.size());
  std::string member;
  GzipSum sum;
  append_gzip_header(member);
  member += before.blocks + after.blocks;
  sum.add(before);
  sum.add(after);
  append_gzip_trailer(member, sum);
  CHECK(inflated(member) == first + second);
}

TEST_CASE("a member without any text is one") {
  std::string member;
  append_gzip_header(member);
  append_gzip_trailer(member, {});
  CHECK(inflated(member) == "");
}

TEST_CASE("the sum of pieces is the sum of their text, however it was divided") {
  Deflater deflater;
  GzipSum whole;
  whole.add(std::string(300, 'a') + std::string(70'000, 'b') + "c");
  GzipSum pieces;
  pieces.add(deflater.deflate(""));
  pieces.add(deflater.deflate(std::string(300, 'a')));
  pieces.add(std::string_view());
  pieces.add(deflater.deflate(std::string(70'000, 'b')));
  pieces.add("c");
  CHECK(pieces.crc == whole.crc);
  CHECK(pieces.bytes == 70'301);
  CHECK(pieces.bytes == whole.bytes);
}

TEST_CASE("stored text is cut where a block is full, and nowhere else") {
  const auto stored_bytes = [](std::size_t text_bytes) {
    std::string out;
    append_stored(out, std::string(text_bytes, 's'));
    return out.size();
  };
  CHECK(stored_bytes(0) == 0);
  CHECK(stored_bytes(1) == 1 + 2 * 5);
  CHECK(stored_bytes(65'535) == 65'535 + 2 * 5);
  CHECK(stored_bytes(65'536) == 65'536 + 3 * 5);
  std::string member;
  GzipSum sum;
  append_gzip_header(member);
  append_stored(member, std::string(131'071, 's'));
  sum.add(std::string(131'071, 's'));
  append_gzip_trailer(member, sum);
  CHECK(inflated(member) == std::string(131'071, 's'));
}

TEST_CASE("whatever is written ends as a sync flush does, without which some readers hand nothing on") {
  using namespace std::string_view_literals;
  constexpr std::string_view k_flush = "\0\0\xff\xff"sv;
  std::string stored;
  append_stored(stored, "text");
  CHECK(stored.ends_with(k_flush));
  CHECK(Deflater().deflate("text").blocks.ends_with(k_flush));
}

TEST_CASE("a wrong sum is noticed, or the tests above prove nothing") {
  std::string member;
  append_gzip_header(member);
  append_stored(member, "text");
  append_gzip_trailer(member, {});
  CHECK_FALSE(inflated(member).has_value());
}
