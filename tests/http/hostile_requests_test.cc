// SPDX-License-Identifier: MIT
// Requests that are meant to be read differently by two servers, to exhaust one, or that are just broken.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "http/cuts.h"

using namespace rt::http;
using namespace std::string_literals;
using rt::http::test::same_for_every_cut;

namespace {

struct Case {
  int status;  // of the refusal; 0: not refused
  std::string bytes;
};

std::string line(const std::string& request_line) {
  return request_line + "\r\nHost: h\r\n\r\n";
}
std::string fields(const std::string& lines) {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
}
std::string host(const std::string& lines) {
  return "GET / HTTP/1.1\r\n" + lines + "\r\n";
}
std::string chunks(const std::string& body) {
  return fields("Transfer-Encoding: chunked\r\n") + body;
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.bytes);
    const std::string text = same_for_every_cut(c.bytes);
    const std::size_t at = text.find("refused ");
    CHECK((at == std::string::npos ? 0 : std::stoi(text.substr(at + 8, 3))) == c.status);
  }
}

}  // namespace

TEST_CASE("a malformed request line is refused") {
  check({
      {400, line("GET")},
      {400, line("GET /")},
      {400, line("GET / ")},
      {400, line(" GET / HTTP/1.1")},
      {400, line("GET  / HTTP/1.1")},
      {400, line("GET /  HTTP/1.1")},
      {400, line("GET / HTTP/1.1 ")},
      {400, line("GET / x HTTP/1.1")},
      {400, line("GET\t/ HTTP/1.1")},
      {400, line("GET /\tHTTP/1.1")},
      {400, line("GET / HTTP/1")},
      {400, line("GET / HTTP/1.")},
      {400, line("GET / HTTP/1.10")},
      {400, line("GET / HTTP/01.1")},
      {400, line("GET / http/1.1")},
      {400, line("GET / HTTPS/1.1")},
      {400, line("G(T / HTTP/1.1")},
      {400, line("G\xC3\x84T / HTTP/1.1")},
      {400, line(": / HTTP/1.1")},
      {400, "\r\n\r\n" + line("GET / HTTP/1.1")},
      {400, "\n" + line("GET / HTTP/1.1")},
      {400, "\x16\x03\x01\x02\x00\x01"s},
      {400, "GET / HTTP/1.1\nHost: h\n\n"},
      {400, "GET / HTTP/1.1\rHost: h\r\r"},
      {400, "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s},
  });
}

TEST_CASE("another version of HTTP is refused as such") {
  check({
      {505, line("GET / HTTP/2.0")},
      {505, line("GET / HTTP/0.9")},
      {505, line("GET / HTTP/1.2")},
      {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
  });
}

TEST_CASE("a target in another form is refused") {
  check({
      {400, line("GET * HTTP/1.1")},
      {400, line("GET path HTTP/1.1")},
      {400, line("GET ?q HTTP/1.1")},
      {400, line("GET /p#fragment HTTP/1.1")},
      {400, line("GET /\xC3\xA4 HTTP/1.1")},
      {400, line("GET /\x7F HTTP/1.1")},
      {400, line("CONNECT h:443 HTTP/1.1")},
      {400, line("GET ftp://h/ HTTP/1.1")},
      {400, line("GET http:/h/ HTTP/1.1")},
      {400, line("GET http:/// HTTP/1.1")},
      {400, line("GET http://u:p@h/ HTTP/1.1")},
      {400, line("GET http://h:99999/ HTTP/1.1")},
      {400, "GET http://h/ HTTP/1.1\r\n\r\n"},
      {0, line("GET http://h/p HTTP/1.1")},
      {0, line("GET /p?a=|{}\"<> HTTP/1.1")},
  });
}

TEST_CASE("a malformed field is refused") {
  check({
      {400, fields("Name : v\r\n")},
      {400, fields("Name\t: v\r\n")},
      {400, fields("Name\r\n")},
      {400, fields(": v\r\n")},
      {400, fields("N(me: v\r\n")},
      {400, fields("N\xC3\xA4me: v\r\n")},
      {400, fields("Name: a\r\n folded\r\n")},
      {400, fields("Name: a\r\n\tfolded\r\n")},
      {400, fields("Name:\r\n \r\n")},
      {400, "GET / HTTP/1.1\r\n Host: h\r\n\r\n"},
      {400, fields("Name: a\rb\r\n")},
      {400, fields("Name: a\nb: c\r\n")},
      {400, fields("Name: a\r\r\n")},
      {400, fields("Name: a\0b\r\n"s)},
      {400, fields("Na\0me: b\r\n"s)},
      {400, fields("Name: a\x0B\r\n")},
      {400, fields("Name: \x7F\r\n")},
      {400, fields("Name: in the middle \x7F of a value\r\n")},
      {400, fields("Connection: a b\r\n")},
      {0, fields("Name: \xC3\xA4 \t b\r\n")},
      {0, fields("Name: a\ttab in the middle of a value\r\n")},
      {0, fields("Name:\r\nName:v\r\n")},
  });
}

TEST_CASE("a Host that is missing, repeated or malformed is refused") {
  check({
      {400, host("")},
      {400, host("Hos: h\r\n")},
      {400, host("Host: a\r\nHost: a\r\n")},
      {400, host("Host: a\r\nhost: b\r\n")},
      {400, host("Host:\r\n")},
      {400, host("Host: a b\r\n")},
      {400, host("Host: a/b\r\n")},
      {400, host("Host: user@a\r\n")},
      {400, host("Host: a:b\r\n")},
      {400, host("Host: a:80:80\r\n")},
      {400, host("Host: a:65536\r\n")},
      {400, host("Host: :80\r\n")},
      {400, host("Host: [::1\r\n")},
      {400, host("Host: [::g]\r\n")},
      {400, host("Host: a%zz\r\n")},
      {400, host("Host: \xC3\xA4\r\n")},
      {400, "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"},
      {0, "GET / HTTP/1.0\r\n\r\n"},
      {0, host("Host: [2001:db8::1]:443\r\n")},
      {0, host("Host: 127.0.0.1:\r\n")},
      {0, host("Host: a_b.example\r\n")},
  });
}

TEST_CASE("a Content-Length that two servers could read differently is refused") {
  check({
      {400, fields("Content-Length:\r\n")},
      {400, fields("Content-Length: +1\r\n") + "a"},
      {400, fields("Content-Length: -1\r\n") + "a"},
      {400, fields("Content-Length: 01\r\n") + "a"},
      {400, fields("Content-Length: 1 \r\n") + "a"},
      {400, fields("Content-Length:  1\r\n") + "a"},
      {400, fields("Content-Length:\t1\r\n") + "a"},
      {400, fields("Content-Length: 0x1\r\n") + "a"},
      {400, fields("Content-Length: 1.0\r\n") + "a"},
      {400, fields("Content-Length: 1,1\r\n") + "a"},
      {400, fields("Content-Length: 1, 1\r\n") + "a"},
      {400, fields("Content-Length: 1\r\nContent-Length: 1\r\n") + "a"},
      {400, fields("Content-Length: 1\r\nContent-Length: 2\r\n") + "ab"},
      {400, fields("Content-Length: 18446744073709551616\r\n")},
      {400, fields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n"},
      {413, fields("Content-Length: 18446744073709551615\r\n")},
      {413, fields("Content-Length: 1025\r\n")},
      {0, fields("Content-Length:1\r\n") + "a"},
  });
}

TEST_CASE("a Transfer-Encoding other than exactly chunked is refused") {
  check({
      {400, fields("Transfer-Encoding:\r\n")},
      {400, fields("Transfer-Encoding: identity\r\n")},
      {400, fields("Transfer-Encoding: gzip\r\n")},
      {400, fields("Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: chunked, chunked\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: chunked, identity\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: chunked;a=b\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: \"chunked\"\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: Chunked\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding:\tchunked\r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: chunked \r\n") + "0\r\n\r\n"},
      {400, fields("Transfer-Encoding: \x0B"
                   "chunked\r\n") +
                "0\r\n\r\n"},
      {400, fields("Transfer-Encoding : chunked\r\n") + "0\r\n\r\n"},
      {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {0, fields("Transfer-Encoding:chunked\r\n") + "0\r\n\r\n"},
  });
}

TEST_CASE("a broken chunked body is refused") {
  check({
      {400, chunks("\r\n")},
      {400, chunks("g\r\n")},
      {400, chunks(" 1\r\na\r\n0\r\n\r\n")},
      {400, chunks("1 \r\na\r\n0\r\n\r\n")},
      {400, chunks("+1\r\na\r\n0\r\n\r\n")},
      {400, chunks("-1\r\na\r\n0\r\n\r\n")},
      {400, chunks("0x1\r\na\r\n0\r\n\r\n")},
      {400, chunks("1\na\r\n0\r\n\r\n")},
      {400, chunks("1\r\nab\r\n0\r\n\r\n")},
      {400, chunks("1\r\na\n0\r\n\r\n")},
      {400, chunks("1\r\na0\r\n\r\n")},
      {400, chunks("00000000000000001\r\na\r\n0\r\n\r\n")},
      {400, chunks("10000000000000001\r\na\r\n0\r\n\r\n")},
      {413, chunks("ffffffffffffffff\r\na")},
      {413, chunks("401\r\n")},
      {413, chunks("1\r\na\r\n400\r\n")},
      {400, chunks("1;\r\na\r\n0\r\n\r\n")},
      {400, chunks("1;a=\r\na\r\n0\r\n\r\n")},
      {400, chunks("1;a=\"b\r\na\r\n0\r\n\r\n")},
      {400, chunks("1;a=\"\n\"\r\na\r\n0\r\n\r\n")},
      {400, chunks("1;" + std::string(300, 'e') + "\r\na\r\n0\r\n\r\n")},
      {400, chunks("0;" + std::string(300, 'e') + "\r\n\r\n")},
      {400, chunks("0\r\nBad trailer: x\r\n\r\n")},
      {400, chunks("0\r\nTrailer: x\r\n folded\r\n\r\n")},
      {400, chunks("0\r\nTrailer: x\n\r\n\r\n")},
      {400, chunks("0\r\nContent-Length: 5\r\n\r\n")},
      {400, chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n")},
      {400, chunks("0\r\n" + repeated("T: v\r\n", 200) + "\r\n")},
      {400, chunks("0\r\nTrailer: " + std::string(1100, 't') + "\r\n\r\n")},
      {0, chunks("1;" + std::string(255, 'e') + "\r\na\r\n0\r\n\r\n")},
      {0, chunks("0000000000000001\r\na\r\n0000000000000000\r\nHost: a b\r\n\r\n")},
      {0, chunks("3FF\r\n" + std::string(1023, 'a') + "\r\n1\r\nb\r\n0\r\n\r\n")},
  });
}

TEST_CASE("an unknown expectation is refused as such") {
  check({
      {417, fields("Expect: 200-ok\r\n")},
      {417, fields("Expect:\r\n")},
      {0, fields("Expect: 100-continue\r\n")},
  });
}
