// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "client/http_connection.h"
#include "client/refusal.h"

using namespace rt;
using std::chrono::milliseconds;

TEST_CASE("detail is that of the problem, else the status in words") {
  client::Answer answer{
      .status = 404, .headers = {}, .body = R"({"title":"Not Found","detail":"no such \u001b thing"})"};
  CHECK(answer.detail() == "no such \\x1B thing");
  answer.body = "<html>";
  answer.reason = "Not Found";
  CHECK(answer.detail() == "Not Found");
}

TEST_CASE("Retry-After is in seconds or a date, an hour at most") {
  client::Answer answer;
  CHECK(!answer.retry_after());
  answer.headers["retry-after"] = "7";
  CHECK(answer.retry_after() == milliseconds(7000));
  answer.headers["retry-after"] = "99999999";
  CHECK(answer.retry_after() == milliseconds(3'600'000));
  answer.headers["retry-after"] = "Fri, 31 Dec 1999 23:59:59 GMT";
  CHECK(answer.retry_after() == milliseconds(0));
  answer.headers["retry-after"] = "Fri, 31 Dec 9999 23:59:59 GMT";
  CHECK(answer.retry_after() == milliseconds(3'600'000));
  answer.headers["retry-after"] = "soon";
  CHECK(!answer.retry_after());
}

TEST_CASE("a refusal's kind follows the status") {
  const auto kind = [](int status) {
    return client::refusal({.status = status, .headers = {}, .body = {}}).kind;
  };
  CHECK(kind(401) == base::ErrorKind::denied);
  CHECK(kind(403) == base::ErrorKind::denied);
  CHECK(kind(404) == base::ErrorKind::not_found);
  CHECK(kind(422) == base::ErrorKind::refused);
  CHECK(kind(429) == base::ErrorKind::busy);
  CHECK(kind(503) == base::ErrorKind::busy);
  CHECK(kind(301) == base::ErrorKind::refused);
  CHECK(kind(500) == base::ErrorKind::refused);
}

TEST_CASE("a redirect is shown, not followed") {
  const auto error = client::refusal({.status = 302, .headers = {{"location", "http://other/"}}, .body = {}});
  CHECK(error.hint == "it points to http://other/");
}

TEST_CASE("a URL is taken apart") {
  const auto url = client::parse_url("HTTPS://rt.example.com:8443/a?b=c#d");
  REQUIRE(url);
  CHECK(url->is_tls);
  CHECK(url->host == "rt.example.com");
  CHECK(url->port == 8443);
  CHECK(url->path == "/a?b=c");
  CHECK(client::parse_url("http://[::1]")->host == "::1");
  CHECK(client::parse_url("http://[::1]:81")->port == 81);
  CHECK(client::parse_url("http://a")->port == 80);
  CHECK(client::parse_url("https://a")->port == 443);
  for (const char* bad :
       {"", "a", "ftp://a", "http://", "http://:80", "http://a:0", "http://a:65536", "http://a:b",
        "http://u@a", "http://a b", "http://[::1", "http://[::1]x", "http://a\r\nb"}) {
    CAPTURE(bad);
    CHECK(!client::parse_url(bad));
  }
}
