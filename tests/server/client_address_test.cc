// SPDX-License-Identifier: MIT
#include "server/client_address.h"

#include <doctest/doctest.h>

namespace {

using namespace rt;

server::TrustedProxies ranges(std::initializer_list<std::string_view> texts) {
  server::TrustedProxies made;
  for (const auto text : texts) made.ranges.push_back(*server::parse_address_range(text));
  return made;
}

// Behind a proxy at 10.0.0.1, which is trusted as is 10.0.0.0/8, with these X-Forwarded-For fields.
std::string client(std::initializer_list<std::string_view> fields, std::string_view peer = "10.0.0.1") {
  http::Request request;
  request.fields.push_back({"Host", "rt.example.com"});
  for (const auto value : fields) request.fields.push_back({"x-forwarded-FOR", value});
  return server::client_address(request, peer, ranges({"10.0.0.0/8", "::1", "fd00::/8"}));
}

TEST_CASE("a peer that is not trusted is the client, whatever it says") {
  CHECK(client({"192.0.2.7"}, "203.0.113.9") == "203.0.113.9");
  CHECK(client({"10.0.0.1", "::1"}, "2001:db8::9") == "2001:db8::9");
  CHECK(client({}, "203.0.113.9") == "203.0.113.9");
  CHECK(client({}, "10.0.0.1") == "10.0.0.1");
  http::Request request;
  request.fields.push_back({"X-Forwarded-For", "192.0.2.7"});
  CHECK(server::client_address(request, "127.0.0.1", {}) == "127.0.0.1");
  CHECK(server::client_address(request, "", ranges({"0.0.0.0/0", "::/0"})).empty());
}

TEST_CASE("whoever comes by a Unix socket is the client, unless these are trusted") {
  http::Request request;
  CHECK(server::client_address(request, "unix:", ranges({"0.0.0.0/0", "::/0"})) == "unix:");
  request.fields.push_back({"X-Forwarded-For", "6.6.6.6, 192.0.2.7"});
  CHECK(server::client_address(request, "unix:", ranges({"0.0.0.0/0", "::/0"})) == "unix:");
  CHECK(server::client_address(request, "unix:", {.ranges = {}, .unix_peers = true}) == "192.0.2.7");
  request.fields = {{"X-Forwarded-For", "6.6.6.6, unknown"}};
  CHECK(server::client_address(request, "unix:", {.ranges = {}, .unix_peers = true}) == "unix:");
}

TEST_CASE("from the right, the first that is not a trusted proxy is the client") {
  CHECK(client({"192.0.2.7"}) == "192.0.2.7");
  CHECK(client({"6.6.6.6, 192.0.2.7"}) == "192.0.2.7");
  CHECK(client({"6.6.6.6, 192.0.2.7, 10.1.2.3,fd00::5"}) == "192.0.2.7");
  CHECK(client({"192.0.2.7"}, "::ffff:10.0.0.1") == "192.0.2.7");
  CHECK(client({"192.0.2.7"}, "::1") == "192.0.2.7");
  CHECK(client({"10.3.3.3, 10.2.2.2"}) == "10.3.3.3");  // all are proxies: the furthest
}

TEST_CASE("several fields are one list, in their order") {
  CHECK(client({"6.6.6.6", "192.0.2.7", "10.1.1.1"}) == "192.0.2.7");
  CHECK(client({"192.0.2.7, 10.1.1.1", "10.2.2.2"}) == "192.0.2.7");
}

TEST_CASE("an address may be written with a port, in brackets, in any spelling of IPv6") {
  CHECK(client({"192.0.2.7:567"}) == "192.0.2.7");
  CHECK(client({"[2001:db8::7]:567"}) == "2001:db8::7");
  CHECK(client({"[2001:db8::7]"}) == "2001:db8::7");
  CHECK(client({"2001:DB8:0:0::7"}) == "2001:db8::7");
  CHECK(client({"::ffff:192.0.2.7"}) == "192.0.2.7");
  CHECK(client({"\t192.0.2.7 \t,  10.1.1.1:80 "}) == "192.0.2.7");
}

TEST_CASE("what is no address ends the search at the one before") {
  for (const std::string_view garbage : {"unknown",
                                         "_hidden",
                                         "192.0.2.7.8",
                                         "192.0.2",
                                         "192.0.2.7:",
                                         "192.0.2.7:x",
                                         "192.0.2.7:123456",
                                         "[::7",
                                         "::7]",
                                         "[::7]x",
                                         "[::7]:",
                                         "[192.0.2.7]",
                                         "[]",
                                         "[]:1",
                                         "192.0.2.7 192.0.2.8",
                                         "fe80::1%eth0",
                                         "012.0.2.7",
                                         "for=192.0.2.7",
                                         "\"192.0.2.7\"",
                                         ":",
                                         "-1.0.0.0",
                                         "1:2:3:4:5:6:7:8:9",
                                         "192.0.2.7/8"}) {
    CAPTURE(garbage);
    CHECK(client({garbage}) == "10.0.0.1");
    CHECK(client({"6.6.6.6", garbage, "10.9.9.9"}) == "10.9.9.9");
    CHECK(client({garbage, "192.0.2.7, 10.9.9.9"}) == "192.0.2.7");
  }
  CHECK(client({"6.6.6.6, " + std::string(5000, '1')}) == "10.0.0.1");
  CHECK(client({std::string_view("6.6.6.6, 192.0.2.7\0", 19)}) == "10.0.0.1");
}

TEST_CASE("empty elements of the list are nothing") {
  CHECK(client({""}) == "10.0.0.1");
  CHECK(client({"192.0.2.7,, ,"}) == "192.0.2.7");
  CHECK(client({"6.6.6.6, 192.0.2.7", "", "10.1.1.1,"}) == "192.0.2.7");
}

TEST_CASE("a range is an address or its first bits, in either family") {
  const auto is_in = [](std::string_view range, std::string_view address) {
    return server::contains(*server::parse_address_range(range), *server::parse_ip_address(address));
  };
  CHECK(is_in("192.0.2.7", "192.0.2.7"));
  CHECK(!is_in("192.0.2.7", "192.0.2.6"));
  CHECK(is_in("10.0.0.0/8", "10.255.255.255"));
  CHECK(!is_in("10.0.0.0/8", "11.0.0.0"));
  CHECK(is_in("192.0.2.128/25", "::ffff:192.0.2.200"));
  CHECK(!is_in("192.0.2.128/25", "192.0.2.127"));
  CHECK(is_in("::ffff:192.0.2.0/120", "192.0.2.9"));
  CHECK(is_in("fd00::/8", "fdff::1"));
  CHECK(!is_in("fd00::/8", "fe00::1"));
  CHECK(is_in("2001:db8::/33", "2001:db8:7fff::"));
  CHECK(!is_in("2001:db8::/33", "2001:db8:8000::"));
  CHECK(is_in("0.0.0.0/0", "203.0.113.9"));
  CHECK(!is_in("0.0.0.0/0", "2001:db8::1"));
  CHECK(is_in("::/0", "203.0.113.9"));
}

TEST_CASE("bits behind a range's prefix are refused, and the hint says what was likely meant") {
  const auto refused = server::parse_address_range("10.0.0.1/8");
  REQUIRE(!refused);
  CHECK(refused.error().kind == base::ErrorKind::configuration);
  CHECK(refused.error().what == "'10.0.0.1/8' has bits set behind its prefix");
  CHECK(refused.error().hint == "the range is 10.0.0.0/8; the single address is 10.0.0.1");
  CHECK(server::parse_address_range("2001:db8::1/32").error().hint ==
        "the range is 2001:db8::/32; the single address is 2001:db8::1");
}

TEST_CASE("what is no range is refused") {
  for (const std::string_view text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
                                      "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/ 8", " 10.0.0.0/8", "10.0.0/8",
                                      "localhost", "[::1]", "10.0.0.0/99999999999999999999", "10.0.0.0:80"}) {
    CAPTURE(text);
    CHECK(!server::parse_address_range(text));
  }
}

}  // namespace
