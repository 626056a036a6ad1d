// SPDX-License-Identifier: MIT
#include "client/stats.h"

#include <doctest/doctest.h>

#include "client/loopback_server.h"

using namespace rt;
using std::chrono::seconds;

namespace {

base::Result<client::Stats> fetch(const std::string& bytes) {
  test::LoopbackServer server({[&bytes](test::Peer& peer) {
    peer.read_request();
    peer.send(bytes);
  }});
  auto connection =
      client::HttpConnection::open({.url = server.url(), .token = {}, .headers = {}, .ca_file = {}});
  REQUIRE(connection);
  return client::fetch_stats(**connection, client::StatsScope::instance, client::StatsDepth::counts,
                             seconds(10));
}

}  // namespace

TEST_CASE("the counts go through unchanged") {
  const std::string body = R"({"orders":3,"runs":1,"drivers":5,"totalClients":9})";
  const auto stats = fetch(test::answer("200 OK", "application/json", body));
  REQUIRE(stats);
  CHECK(client::to_json(*stats) == body);
}

TEST_CASE("an answer without counts is refused, a denial is one") {
  CHECK(fetch(test::answer("200 OK", "text/html", "<html>")).error().kind == base::ErrorKind::refused);
  CHECK(fetch(test::answer("200 OK", "application/json", R"({"orders":3})")).error().kind ==
        base::ErrorKind::refused);
  CHECK(fetch(test::answer("401 Unauthorized", "application/json", "{}")).error().kind ==
        base::ErrorKind::denied);
}
