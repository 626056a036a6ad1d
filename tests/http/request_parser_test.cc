// SPDX-License-Identifier: MIT
#include "http/request_parser.h"

#include <doctest/doctest.h>

#include <string>

#include "http/cuts.h"

using namespace rt::http;
using rt::http::test::same_for_every_cut;
using rt::http::test::Transcript;

namespace {

// The only request of `bytes`.
Request parse_one(std::string_view bytes) {
  RequestParser parser;
  REQUIRE(parser.feed(bytes) == Progress::head);
  REQUIRE(parser.set_body_limit(1024) == Progress::need_more);
  REQUIRE(parser.feed(bytes) == Progress::complete);
  CHECK(bytes.empty());
  return std::move(parser.request());
}

std::string get_with(std::string_view fields) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

}  // namespace

TEST_CASE("a request's parts are told apart and outlive the parser") {
  const Request request = parse_one(
      "GET /api/v1/realtime/orders/O%2D1/stream?rate=2s&x=? HTTP/1.1\r\n"
      "Host: example.com:3000\r\nX-Empty:\r\nAccept: \ttext/event-stream \t\r\n\r\n");
  CHECK(request.method == Method::get);
  CHECK(request.method_name == "GET");
  CHECK(request.path == "/api/v1/realtime/orders/O%2D1/stream");
  CHECK(request.query == "rate=2s&x=?");
  CHECK(request.minor_version == 1);
  CHECK(request.keep_alive);
  REQUIRE(request.fields.size() == 3);
  CHECK(request.field("host") == "example.com:3000");
  CHECK(request.field("x-empty") == "");
  CHECK(request.field("ACCEPT") == "text/event-stream");
  CHECK_FALSE(request.field("Accep"));
}

TEST_CASE("methods are matched with their case, and any token is a method") {
  CHECK(parse_one("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").method == Method::head);
  CHECK(parse_one("POST / HTTP/1.1\r\nHost: h\r\n\r\n").method == Method::post);
  CHECK(parse_one("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").method == Method::options);
  CHECK(parse_one("get / HTTP/1.1\r\nHost: h\r\n\r\n").method == Method::other);
  CHECK(parse_one("M-SEARCH / HTTP/1.1\r\nHost: h\r\n\r\n").method == Method::other);
}

TEST_CASE("an absolute target gives its path, and * is for OPTIONS") {
  const auto path_of = [](std::string_view target) {
    const Request request = parse_one("OPTIONS " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    return std::string(request.path) + "|" + std::string(request.query);
  };
  CHECK(path_of("http://other:80/healthz?a") == "/healthz|a");
  CHECK(path_of("HTTPS://other") == "/|");
  CHECK(path_of("http://other?a=b") == "/|a=b");
  CHECK(path_of("//double/slash") == "//double/slash|");
  CHECK(path_of("/p?http://x") == "/p|http://x");
  CHECK(path_of("*") == "*|");
}

TEST_CASE("Connection is a list in any case, and HTTP/1.0 stays open only when asked") {
  CHECK(parse_one(get_with("")).keep_alive);
  CHECK_FALSE(parse_one(get_with("Connection: close\r\n")).keep_alive);
  CHECK_FALSE(parse_one(get_with("Connection: keep-alive , CLOSE\r\n")).keep_alive);
  CHECK_FALSE(parse_one(get_with("connection: te\r\nConnection: close\r\n")).keep_alive);
  CHECK(parse_one(get_with("Connection: closer\r\n")).keep_alive);
  CHECK(parse_one(get_with("Proxy-Connection: close\r\n")).keep_alive);
  CHECK_FALSE(parse_one("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(parse_one("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  CHECK_FALSE(parse_one("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").keep_alive);
}

TEST_CASE("100-continue is expected only where a body is to come") {
  RequestParser parser;
  std::string_view bytes = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n";
  REQUIRE(parser.feed(bytes) == Progress::head);
  CHECK(parser.request().expects_continue);
  CHECK_FALSE(parse_one(get_with("Expect: 100-continue\r\n")).expects_continue);
  CHECK_FALSE(parse_one("GET / HTTP/1.0\r\nExpect: anything\r\n\r\n").expects_continue);
}

TEST_CASE("bodies arrive whole, with Content-Length and chunked") {
  CHECK(parse_one("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").body == "hello");
  CHECK(parse_one("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").body.empty());
  CHECK(parse_one("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "5;a=b;c=\"d;\\\"\"\r\nhello\r\n00A\r\n, \r\nworld!\r\n0\r\nX-Trailer: dropped\r\n\r\n")
            .body == "hello, \r\nworld!");
}

TEST_CASE("every cut of pipelined requests gives the same requests") {
  CHECK(same_for_every_cut("\r\nPOST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                           "GET /c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                           "\r\nPOST /d HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "2\r\nxy\r\n1;e\r\nz\r\n0;last\r\nT: u\r\nV: w\r\n\r\n"
                           "HEAD /e HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n") ==
        "POST [/a] [b] 1.1 keep {Host=h} {Content-Length=3} <abc>\n"
        "GET [/c] [] 1.0 keep {Connection=keep-alive} <>\n"
        "POST [/d] [] 1.1 keep {Host=[::1]:80} {Transfer-Encoding=chunked} <xyz>\n"
        "HEAD [/e] [] 1.1 close {Host=h} {Connection=close} <>\n"
        "idle");
}

TEST_CASE("pipelined bytes stay with the caller, behind a head and behind a request") {
  RequestParser parser;
  const std::string bytes = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabGET / HTTP/1.1\r\n";
  std::string_view rest = bytes;
  REQUIRE(parser.feed(rest) == Progress::head);
  CHECK(rest == "abGET / HTTP/1.1\r\n");
  REQUIRE(parser.set_body_limit(2) == Progress::need_more);
  REQUIRE(parser.feed(rest) == Progress::complete);
  CHECK(rest == "GET / HTTP/1.1\r\n");
  CHECK(parser.feed(rest) == Progress::complete);
  CHECK(rest == "GET / HTTP/1.1\r\n");
}

TEST_CASE("a parser is idle only between requests") {
  RequestParser parser;
  const auto give = [&parser](std::string_view bytes) { return parser.feed(bytes); };
  CHECK(parser.idle());
  CHECK(give("\r") == Progress::need_more);
  CHECK_FALSE(parser.idle());
  CHECK(give("\n") == Progress::need_more);
  CHECK(parser.idle());
  CHECK(give("G") == Progress::need_more);
  CHECK_FALSE(parser.idle());
  CHECK(give("ET / HTTP/1.1\r\nHost: h\r\n\r\n") == Progress::head);
  CHECK_FALSE(parser.idle());
  CHECK(give("") == Progress::complete);
  CHECK_FALSE(parser.idle());
  parser.next();
  CHECK(parser.idle());
}

TEST_CASE("a taken request stays whole while the parser reads the next") {
  RequestParser parser;
  const std::string bytes = get_with("A: 1\r\n") + get_with("B: 2\r\n");
  std::string_view rest = bytes;
  REQUIRE(parser.feed(rest) == Progress::head);
  REQUIRE(parser.feed(rest) == Progress::complete);
  const Request first = std::move(parser.request());
  parser.next();
  REQUIRE(parser.feed(rest) == Progress::head);
  CHECK(first.field("A") == "1");
  CHECK_FALSE(first.field("B"));
  CHECK(parser.request().field("B") == "2");
  CHECK_FALSE(parser.request().field("A"));
}

TEST_CASE("limits hold to the byte, whatever the cut") {
  const ParserLimits limits{.target_bytes_max = 20, .head_bytes_max = 120, .field_count_max = 3};
  const auto outcome = [&limits](const std::string& bytes) {
    const std::string text = same_for_every_cut(bytes, 8, limits);
    return text.starts_with("refused ") ? text.substr(8, 3) : text.substr(text.rfind('\n') + 1);
  };
  const auto target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  CHECK(outcome(target(20)) == "idle");
  CHECK(outcome(target(21)) == "414");
  CHECK(outcome(target(600)) == "414");
  const auto head = [](std::size_t size) {
    const std::string rest = "GET / HTTP/1.1\r\nHost: h\r\nA: \r\n\r\n";
    return "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(size - rest.size(), 'a') + "\r\n\r\n";
  };
  CHECK(outcome(head(120)) == "idle");
  CHECK(outcome(head(121)) == "431");
  CHECK(outcome(head(1000)) == "431");
  CHECK(outcome(get_with("A: 1\r\nB: 2\r\n")) == "idle");
  CHECK(outcome(get_with("A: 1\r\nB: 2\r\nC: 3\r\n")) == "431");
  const auto post = [](std::size_t size) {
    return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'b');
  };
  CHECK(outcome(post(8)) == "idle");
  CHECK(outcome(post(9)) == "413");
}

TEST_CASE("a body that nobody asked for is refused, a Content-Length too large at once") {
  RequestParser parser;
  std::string_view bytes = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
  REQUIRE(parser.feed(bytes) == Progress::head);
  SUBCASE("without a limit") {
    CHECK(parser.feed(bytes) == Progress::refused);
  }
  SUBCASE("with a small limit") {
    CHECK(parser.set_body_limit(1) == Progress::refused);
  }
  CHECK(parser.refusal().status == 413);
  CHECK(parser.feed(bytes) == Progress::refused);
}

TEST_CASE("a promised body takes no memory before it comes") {
  RequestParser parser;
  std::string_view bytes = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\na";
  REQUIRE(parser.feed(bytes) == Progress::head);
  REQUIRE(parser.set_body_limit(1000000) == Progress::need_more);
  REQUIRE(parser.feed(bytes) == Progress::need_more);
  CHECK(parser.request().body.capacity() < 64 * 1024);
}

TEST_CASE("a connection between requests holds little memory") {
  Transcript transcript(100000);
  std::string bytes = get_with("A: " + std::string(8000, 'a') + "\r\n");
  bytes += "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\n" + std::string(90000, 'b');
  transcript.feed(bytes);
  REQUIRE(transcript.parser().idle());
  const Request& request = transcript.parser().request();
  CHECK(request.head.capacity() + request.body.capacity() + request.fields.capacity() * sizeof(Field) <=
        1100);
}
