// SPDX-License-Identifier: MIT
#include "client/redirect.h"

#include <doctest/doctest.h>

using namespace rt;

namespace {

const client::Place k_from{"https://a.example:8443", "/api/stream?topic=x"};

std::string target(const std::string& location, int status = 302) {
  client::Answer answer{.status = status, .headers = {}, .body = {}};
  if (!location.empty()) answer.headers["location"] = location;
  const auto to = client::redirect_target(k_from, answer);
  return to ? to->server + " " + to->path : "";
}

}  // namespace

TEST_CASE("a redirect leads to an absolute or a relative place") {
  CHECK(target("http://b.example/x?y=1#z") == "http://b.example /x?y=1");
  CHECK(target("https://b.example") == "https://b.example /");
  CHECK(target("//b.example:9/x") == "https://b.example:9 /x");
  CHECK(target("/other?y=http://z") == "https://a.example:8443 /other?y=http://z");
  CHECK(target("next") == "https://a.example:8443 /api/next");
  CHECK(target("?topic=y") == "https://a.example:8443 /api/stream?topic=y");
}

TEST_CASE("all redirects of the Fetch standard are followed, nothing else is") {
  for (const int status : {301, 302, 303, 307, 308})
    CHECK(target("/x", status) == "https://a.example:8443 /x");
  for (const int status : {200, 300, 304, 305, 404}) CHECK(target("/x", status).empty());
  CHECK(target("").empty());
  CHECK(target("ftp://b.example/x").empty());
  CHECK(target("mailto:x").empty());
  CHECK(target("http://user:secret@b.example/x").empty());
  CHECK(target("http://b.example/\r\nx: y").empty());
}

TEST_CASE("what says who we are goes to the same origin only") {
  const client::Server from{.url = "https://a.example",
                            .token = "a.b.c",
                            .headers = {{"cookie", "c"}, {"X-Trace", "t"}, {"Authorization", "Basic d"}},
                            .insecure = false,
                            .ca_file = {}};
  auto server = from;
  client::move_to(server, "https://A.example:443");
  CHECK(server.token == "a.b.c");
  CHECK(server.headers.size() == 3);
  for (const char* other : {"https://b.example", "http://a.example", "https://a.example:444"}) {
    server = from;
    client::move_to(server, other);
    CHECK(server.url == other);
    CHECK(server.token.empty());
    REQUIRE(server.headers.size() == 1);
    CHECK(server.headers[0].first == "X-Trace");
  }
}
