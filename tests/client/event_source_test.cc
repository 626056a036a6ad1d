// SPDX-License-Identifier: MIT
#include "client/event_source.h"

#include <doctest/doctest.h>

#include <csignal>

#include "client/loopback_server.h"

using namespace rt;
using std::chrono::milliseconds;
using test::LoopbackServer;
using test::Peer;
using test::Scene;

namespace {

// What a run of an EventSource came to.
struct Story {
  std::vector<std::string> events;  // "id data"
  std::vector<std::string> controls;
  std::vector<client::Lost> losses;
  std::vector<milliseconds> waits;
  base::Result<client::Ending> ending;
};

Story follow(LoopbackServer& server, std::size_t enough, client::EventSourceOptions options = {}) {
  std::signal(SIGPIPE, SIG_IGN);
  if (options.path.empty()) options.path = "/stream";
  Story story;
  client::EventSource source(options, [&server] {
    return client::Server{.url = server.url(), .token = "", .headers = {}, .ca_file = {}};
  });
  source.random = base::Random(1);
  source.wait = [&story](milliseconds time) { story.waits.push_back(time); };
  source.on_event = [&story, enough](const sse::Message& message) {
    story.events.push_back(message.last_event_id + " " + message.data);
    return story.events.size() != enough;
  };
  source.on_control = [&story](const client::Control& control) { story.controls.push_back(control.resume); };
  source.on_lost = [&story](const client::Lost& lost) { story.losses.push_back(lost); };
  story.ending = source.run();
  return story;
}

// One connection: the head, these bytes as one chunk each, then the last chunk.
Scene stream_of(std::vector<std::string> pieces) {
  return [pieces = std::move(pieces)](Peer& peer) {
    peer.read_request();
    peer.send(test::stream_head());
    for (const auto& piece : pieces) peer.send(test::chunk(piece));
    peer.send(test::k_last_chunk);
  };
}

Scene answer_of(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.read_request();
    peer.send(bytes);
  };
}

const std::string k_connected =
    "id: 1-0\ndata: {\"type\":\"connected\",\"heartbeat\":15,\"resume\":\"fresh\"}\n\n";

}  // namespace

TEST_CASE("events come out whole, wherever the stream is cut into pieces") {
  const std::string text =
      k_connected + "id: 2-0\ndata: {\"a\":\ndata: 1}\n\n: heartbeat\nid: 3-0\ndata: b\n\n";
  for (std::size_t cut = 1; cut < text.size(); cut += 7) {
    LoopbackServer server({stream_of({text.substr(0, cut), text.substr(cut)})});
    const auto story = follow(server, 2);
    CHECK(story.events == std::vector<std::string>{"2-0 {\"a\":\n1}", "3-0 b"});
    CHECK(story.controls == std::vector<std::string>{"fresh"});
    CHECK(story.ending == client::Ending::enough);
  }
}

TEST_CASE("after a loss it resumes behind the last whole event") {
  LoopbackServer server({stream_of({k_connected, "id: 2-0\ndata: a\n\nid: 3-0\ndata: cut off"}),
                         stream_of({"id: 3-0\ndata: b\n\n"})});
  const auto story = follow(server, 2);
  CHECK(story.events == std::vector<std::string>{"2-0 a", "3-0 b"});
  const auto& requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].find("Last-Event-ID") == std::string::npos);
  CHECK(requests[0].find("Accept: text/event-stream\r\n") != std::string::npos);
  CHECK(requests[1].find("Last-Event-ID: 2-0\r\n") != std::string::npos);
}

TEST_CASE("it resumes from where it was told to, and from connected before any event") {
  LoopbackServer server({stream_of({}), stream_of({k_connected}), stream_of({"data: x\n\n"})});
  follow(server, 1, {.path = "/stream", .last_event_id = "0-7", .backoff = {}});
  const auto& requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].find("Last-Event-ID: 0-7\r\n") != std::string::npos);
  CHECK(requests[1].find("Last-Event-ID: 0-7\r\n") != std::string::npos);
  CHECK(requests[2].find("Last-Event-ID: 1-0\r\n") != std::string::npos);
}

TEST_CASE("it gives up after five retries, with growing waits") {
  std::vector<Scene> scenes(6, [](Peer& peer) { peer.read_request(); });
  LoopbackServer server(scenes);
  const auto story = follow(server, 1);
  REQUIRE(!story.ending);
  CHECK(story.ending.error().kind == base::ErrorKind::unavailable);
  REQUIRE(story.waits.size() == 5);
  const long full[] = {2000, 4000, 8000, 16'000, 30'000};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(story.waits[i].count() <= full[i]);
    CHECK(story.waits[i].count() >= full[i] * 8 / 10);
    CHECK(story.losses[i].attempt == i + 1);
  }
}

TEST_CASE("the count starts again once a stream is open") {
  std::vector<Scene> scenes;
  for (int i = 0; i < 4; ++i) {
    scenes.push_back([](Peer& peer) { peer.read_request(); });
    scenes.push_back(stream_of({}));
  }
  scenes.push_back(stream_of({"data: x\n\n"}));
  LoopbackServer server(scenes);
  const auto story = follow(server, 1, {.path = "/", .last_event_id = {}, .backoff = {.retries_max = 2}});
  CHECK(story.ending == client::Ending::enough);
  for (const auto& lost : story.losses) CHECK(lost.attempt <= 2);
}

TEST_CASE("retry: of the stream is the next wait") {
  LoopbackServer server({stream_of({"retry: 1234\n\n"}), stream_of({"data: x\n\n"})});
  CHECK(follow(server, 1).waits == std::vector<milliseconds>{milliseconds(1234)});
}

TEST_CASE("Retry-After of a 503 is waited for; busy to the end is said so") {
  const auto busy = answer_of(test::answer("503 Busy", "application/problem+json", R"({"detail":"draining"})",
                                           "Retry-After: 50\r\n"));
  LoopbackServer server({busy, busy});
  const auto story = follow(server, 1, {.path = "/", .last_event_id = {}, .backoff = {.retries_max = 1}});
  CHECK(story.waits == std::vector<milliseconds>{milliseconds(50'000)});
  REQUIRE(!story.ending);
  CHECK(story.ending.error().kind == base::ErrorKind::busy);
  CHECK(story.ending.error().what.find("draining") != std::string::npos);
}

TEST_CASE("Retry-After counts for the next attempt alone") {
  const auto busy = answer_of(test::answer("503 Busy", "text/plain", "", "Retry-After: 50\r\n"));
  LoopbackServer server({busy, [](Peer& peer) { peer.read_request(); }, stream_of({"data: x\n\n"})});
  const auto story = follow(server, 1);
  REQUIRE(story.waits.size() == 2);
  CHECK(story.waits[0] == milliseconds(50'000));
  CHECK(story.waits[1] <= milliseconds(4'000));
}

TEST_CASE("a denial, a missing stream and HTML end it with one request") {
  struct Case {
    std::string answer;
    base::ErrorKind kind;
  };
  const Case cases[] = {
      {test::answer("401 No", "application/problem+json", R"({"detail":"the token expired"})"),
       base::ErrorKind::denied},
      {test::answer("403 No", "text/plain", ""), base::ErrorKind::denied},
      {test::answer("404 No", "text/html", "<html>"), base::ErrorKind::not_found},
      {test::answer("200 OK", "text/html", "<html>"), base::ErrorKind::not_a_stream},
  };
  for (const auto& [bytes, kind] : cases) {
    LoopbackServer server({answer_of(bytes)});
    const auto story = follow(server, 1);
    REQUIRE(!story.ending);
    CHECK(story.ending.error().kind == kind);
    CHECK(story.waits.empty());
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("a redirect is followed, each time anew") {
  const auto sent_on = test::answer("307 Temporary Redirect", "text/plain", "", "Location: /there?x=1\r\n");
  LoopbackServer server({answer_of(sent_on), stream_of({k_connected + "id: 2-0\ndata: a\n\n"}),
                         answer_of(sent_on), stream_of({"id: 3-0\ndata: b\n\n"})});
  const auto story = follow(server, 2);
  CHECK(story.events == std::vector<std::string>{"2-0 a", "3-0 b"});
  CHECK(story.losses.size() == 1);
  REQUIRE(server.requests().size() == 4);
  CHECK(server.requests()[1].starts_with("GET /there?x=1 HTTP/1.1\r\n"));
  CHECK(server.requests()[2].starts_with("GET /stream HTTP/1.1\r\n"));
  CHECK(server.requests()[3].find("\r\nLast-Event-ID: 2-0\r\n") != std::string::npos);
}

TEST_CASE("redirects in a circle are an error, and so is one that leads nowhere") {
  const auto circle = test::answer("302 Found", "text/plain", "", "Location: /stream\r\n");
  LoopbackServer server(std::vector<Scene>(21, answer_of(circle)));
  CHECK(follow(server, 1).ending.error().kind == base::ErrorKind::refused);
  LoopbackServer nowhere({answer_of(test::answer("302 Found", "text/plain", "", "Location: mailto:x\r\n"))});
  CHECK(follow(nowhere, 1).ending.error().kind == base::ErrorKind::refused);
}

TEST_CASE("204 is the end") {
  LoopbackServer server({answer_of("HTTP/1.1 204 No Content\r\n\r\n")});
  CHECK(follow(server, 1).ending == client::Ending::no_content);
}

TEST_CASE("a stream that falls silent for three heartbeats is lost") {
  LoopbackServer server({[](Peer& peer) {
                           peer.read_request();
                           peer.send(test::stream_head() + test::chunk("data: a\n\n"));
                           peer.wait_for_close();
                         },
                         stream_of({"data: b\n\n"})});
  client::EventSourceOptions options;
  options.heartbeat = milliseconds(10);
  const auto story = follow(server, 2, options);
  CHECK(story.events.size() == 2);
  REQUIRE(story.losses.size() == 1);
  CHECK(story.losses[0].why == "nothing came for 30ms");
}

TEST_CASE("a line without end is an error at once, not a use of all memory") {
  LoopbackServer server({[](Peer& peer) {
    peer.read_request();
    peer.send(test::stream_head());
    for (int i = 0; i < 17; ++i) peer.send(test::chunk(std::string(1024 * 1024, 'x')));
  }});
  const auto story = follow(server, 1);
  REQUIRE(!story.ending);
  CHECK(story.ending.error().kind == base::ErrorKind::invalid);
  CHECK(story.losses.empty());
}

TEST_CASE("events behind the last one wanted are not handed out") {
  LoopbackServer server({stream_of({"data: a\n\ndata: b\n\ndata: c\n\n"})});
  CHECK(follow(server, 1).events.size() == 1);
}

TEST_CASE("a token file that is gone for a moment does not end the watch") {
  LoopbackServer server({stream_of({}), stream_of({"data: x\n\n"})});
  int asked = 0;
  client::EventSource source(
      {.path = "/", .last_event_id = {}, .backoff = {}}, [&]() -> base::Result<client::Server> {
        if (++asked == 2) return base::fail(base::ErrorKind::configuration, "token file: gone");
        return client::Server{.url = server.url(), .token = {}, .headers = {}, .ca_file = {}};
      });
  source.wait = [](milliseconds) {};
  source.on_event = [](const sse::Message&) { return false; };
  CHECK(source.run() == client::Ending::enough);
  CHECK(asked == 3);
}
