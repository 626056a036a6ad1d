// SPDX-License-Identifier: MIT
#include "http/chunk.h"

#include <doctest/doctest.h>

using namespace rt::http;

TEST_CASE("a chunk is its size in hexadecimal, then its bytes, each with CRLF behind") {
  std::string out = "before ";
  append_chunk(out, "hello, chunked world");
  CHECK(out == "before 14\r\nhello, chunked world\r\n");
  append_chunk_head(out, 0xABCDEF);
  CHECK(out.ends_with("\r\nabcdef\r\n"));
}

TEST_CASE("an empty chunk is not written, since it would end the body") {
  std::string out;
  append_chunk(out, "");
  CHECK(out.empty());
}
