// SPDX-License-Identifier: MIT
#include "client/http_connection.h"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "client/loopback_server.h"

using namespace rt;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::LoopbackServer;
using test::Peer;

namespace {

std::unique_ptr<client::HttpConnection> connect(const LoopbackServer& server, const std::string& token = {}) {
  std::signal(SIGPIPE, SIG_IGN);
  auto connection = client::HttpConnection::open(
      {.url = server.url(), .token = token, .headers = {{"X-Extra", "yes"}}, .ca_file = {}});
  REQUIRE(connection);
  return *std::move(connection);
}

bool yes(const client::Answer&) {
  return true;
}

}  // namespace

TEST_CASE("requests share a connection and carry the token in Authorization alone") {
  LoopbackServer server({[](Peer& peer) {
    peer.read_request();
    peer.send(test::answer("200 OK", "text/plain", "one", "X-Name: Value\r\n"));
    peer.read_request();
    peer.send(test::answer("422 No", "text/plain", "two"));
    peer.wait_for_close();
  }});
  auto connection = connect(server, "secret");
  const auto one = connection->get("/a?b=%2F", seconds(10));
  REQUIRE(one);
  CHECK(one->status == 200);
  CHECK(one->body == "one");
  CHECK(one->headers.at("x-name") == "Value");
  const auto two = connection->post("/p", "application/json", "{}", {{"Idempotency-Key", "k"}}, seconds(10));
  REQUIRE(two);
  CHECK(two->status == 422);
  CHECK(two->body == "two");
  connection.reset();
  const auto& requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].starts_with("GET /a?b=%2F HTTP/1.1\r\n"));
  CHECK(requests[0].find("Authorization: Bearer secret\r\n") != std::string::npos);
  CHECK(requests[0].find("X-Extra: yes\r\n") != std::string::npos);
  CHECK(requests[1].starts_with("POST /p HTTP/1.1\r\n"));
  CHECK(requests[1].find("Idempotency-Key: k\r\n") != std::string::npos);
  CHECK(requests[1].find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(requests[1].ends_with("\r\n\r\n{}"));
}

TEST_CASE("a redirect is an answer and goes nowhere") {
  LoopbackServer elsewhere({});
  LoopbackServer server({[&elsewhere](Peer& peer) {
    peer.read_request();
    peer.send(test::answer("302 Found", "text/plain", "", "Location: " + elsewhere.url() + "/\r\n"));
  }});
  const auto answer = connect(server, "secret")->get("/", seconds(10));
  REQUIRE(answer);
  CHECK(answer->status == 302);
}

TEST_CASE("a stream that ends with its last chunk is told from one that is cut") {
  for (const bool is_clean : {true, false}) {
    LoopbackServer server({[is_clean](Peer& peer) {
      peer.read_request();
      peer.send(test::stream_head() + test::chunk("data: x\n\n"));
      if (is_clean) peer.send(test::k_last_chunk);
    }});
    std::string bytes;
    const auto end = connect(server)->stream("/", {}, seconds(10), yes, [&bytes](std::string_view piece) {
      bytes += piece;
      return true;
    });
    CHECK(bytes == "data: x\n\n");
    CHECK(end.has_value() == is_clean);
    if (!end) CHECK(end.error().kind == base::ErrorKind::unavailable);
  }
}

TEST_CASE("silence beyond the limit ends a stream") {
  LoopbackServer server({[](Peer& peer) {
    peer.read_request();
    peer.send(test::stream_head() + test::chunk(": hello\n\n"));
    peer.wait_for_close();
  }});
  auto connection = connect(server);
  const auto end = connection->stream("/", {}, seconds(10), yes, [&connection](std::string_view) {
    connection->set_silence_max(milliseconds(30));
    return true;
  });
  REQUIRE(!end);
  CHECK(end.error().what == "nothing came for 30ms");
}

TEST_CASE("a server that takes the request and says nothing is given up") {
  LoopbackServer server(
      {[](Peer& peer) { peer.wait_for_close(); }, [](Peer& peer) { peer.wait_for_close(); }});
  const auto stream =
      connect(server)->stream("/", {}, milliseconds(30), yes, [](std::string_view) { return true; });
  REQUIRE(!stream);
  CHECK(stream.error().kind == base::ErrorKind::unavailable);
  CHECK(!connect(server)->get("/", milliseconds(30)));
}

TEST_CASE("an answer that trickles does not outlast its time") {
  LoopbackServer server({[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx");
    peer.wait_for_close();
  }});
  CHECK(!connect(server)->get("/", milliseconds(50)));
}

TEST_CASE("stop ends a stream from another thread, and every later call") {
  std::atomic<bool> has_started = false;
  LoopbackServer server({[](Peer& peer) {
    peer.read_request();
    peer.send(test::stream_head() + test::chunk(": hello\n\n"));
    peer.wait_for_close();
  }});
  auto connection = connect(server);
  std::thread stopper([&] {
    has_started.wait(false);
    connection->stop();
  });
  const auto end = connection->stream("/", {}, seconds(10), yes, [&has_started](std::string_view) {
    has_started = true;
    has_started.notify_one();
    return true;
  });
  stopper.join();
  CHECK(!end);
  CHECK(!connection->get("/", seconds(10)));
}

TEST_CASE("on_bytes ends a stream, which is a clean end") {
  LoopbackServer server({[](Peer& peer) {
    peer.read_request();
    peer.send(test::stream_head() + test::chunk("x"));
    peer.wait_for_close();
  }});
  CHECK(connect(server)->stream("/", {}, seconds(10), yes, [](std::string_view) { return false; }));
}

TEST_CASE("the body of an answer that is no stream is kept, up to a limit") {
  const std::string body(100'000, 'b');
  LoopbackServer server({[&body](Peer& peer) {
    peer.read_request();
    peer.send(test::answer("503 No", "text/plain", body));
  }});
  const auto answer = connect(server)->stream(
      "/", {}, seconds(10), [](const client::Answer&) { return false; },
      [](std::string_view) { return true; });
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->body == body.substr(0, 65'536));
}

TEST_CASE("an answer without end is refused") {
  LoopbackServer server({[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
    for (int i = 0; i < 9; ++i) peer.send(std::string(1024 * 1024, 'x'));
  }});
  const auto answer = connect(server)->get("/", seconds(10));
  REQUIRE(!answer);
  CHECK(answer.error().kind == base::ErrorKind::refused);
}

TEST_CASE("nobody there, and addresses that are none") {
  std::string url;
  {
    LoopbackServer gone({});
    url = gone.url();
  }
  auto connection = client::HttpConnection::open({.url = url, .token = {}, .headers = {}, .ca_file = {}});
  REQUIRE(connection);
  const auto answer = (*connection)->get("/", seconds(10));
  REQUIRE(!answer);
  CHECK(answer.error().what == "could not connect to " + url);
  for (const char* bad :
       {"127.0.0.1:3000", "ftp://a", "http://a/b", "http://a?b", "http://a/#b", "http://u:p@a"}) {
    const auto refused =
        client::HttpConnection::open({.url = bad, .token = {}, .headers = {}, .ca_file = {}});
    REQUIRE(!refused);
    CHECK(refused.error().kind == base::ErrorKind::usage);
  }
}

TEST_CASE("a path cannot smuggle in a line") {
  LoopbackServer server({});
  auto connection = connect(server);
  for (const char* bad : {"", "a", "/a b", "/a\r\nX: y"}) {
    CHECK(connection->get(bad, seconds(10)).error().kind == base::ErrorKind::usage);
  }
}
