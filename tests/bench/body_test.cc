// SPDX-License-Identifier: MIT
#include "bench/body.h"

#include <doctest/doctest.h>
#include <zlib.h>

namespace {

using rt::bench::Body;
using rt::bench::Scratch;

const std::string k_text = "id: 1-0\ndata: {\"n\":1}\n\nid: 2-0\ndata: {\"n\":2}\n\n";

std::string head(std::string_view more = "") {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n" +
         std::string(more) + "\r\n";
}

std::string chunk(std::string_view bytes) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}

std::string gzip(std::string_view text) {
  z_stream zlib{};
  ::deflateInit2(&zlib, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(1000, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  ::deflate(&zlib, Z_FINISH);
  out.resize(out.size() - zlib.avail_out);
  ::deflateEnd(&zlib);
  return out;
}

std::string read(Body& body, std::string_view bytes) {
  static Scratch scratch;
  std::string text;
  for (auto piece = body.next(bytes, scratch); !piece.empty(); piece = body.next(bytes, scratch))
    text += piece;
  return text;
}

}  // namespace

TEST_CASE("chunks become text wherever the bytes are cut, plain and compressed") {
  const std::string packed = gzip(k_text);
  const std::string plain = head() + chunk(k_text.substr(0, 20)) + chunk(k_text.substr(20)) + "0\r\n\r\n";
  const std::string compressed = head("Content-Encoding: gzip\r\n") + chunk(packed.substr(0, 11)) +
                                 chunk(packed.substr(11)) + "0\r\n\r\n";
  for (const std::string& whole : {plain, compressed}) {
    Body body;
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
      body.restart();
      std::string text = read(body, std::string_view(whole).substr(0, cut));
      text += read(body, std::string_view(whole).substr(cut));
      REQUIRE(text == k_text);
      REQUIRE(body.has_ended());
      REQUIRE(body.fault().empty());
    }
  }
}

TEST_CASE("what is no stream is a fault") {
  Body body;
  for (const std::string& bytes :
       {std::string("HTTP/1.1 503 Busy\r\n\r\n"), head() + "zz\r\n", head() + "1\r\nabc",
        head() + "0\r\n\r\nmore", head("Content-Encoding: gzip\r\n") + chunk("no gzip"),
        head("Content-Encoding: gzip\r\n") + chunk(gzip("x") + "more"),
        head("Content-Encoding: gzip\r\n") + chunk(gzip("x").substr(0, 5)) + "0\r\n\r\n"}) {
    body.restart();
    read(body, bytes);
    CHECK_FALSE(body.fault().empty());
  }
}

TEST_CASE("without chunks the text goes on to the connection's end, where that is allowed") {
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + k_text;
  Body body(Body::Framing::any);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    body.restart();
    std::string text = read(body, std::string_view(whole).substr(0, cut));
    text += read(body, std::string_view(whole).substr(cut));
    REQUIRE(text == k_text);
    REQUIRE(body.fault().empty());
  }
  body.restart();
  CHECK(read(body, head() + chunk(k_text)) == k_text);
  Body strict;
  read(strict, whole);
  CHECK(strict.fault() == "not chunked");
}

TEST_CASE("a cut inside of a chunk is told from one between two") {
  Body body;
  read(body, head() + "5\r\nab");
  CHECK(body.is_inside_chunk());
  read(body, "cde\r\n");
  CHECK_FALSE(body.is_inside_chunk());
}
