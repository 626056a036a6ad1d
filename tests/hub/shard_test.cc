// SPDX-License-Identifier: MIT
// What is easiest to see in small examples; the promises under any interleaving are in tests/simulation.
#include "hub/shard.h"

#include <doctest/doctest.h>

#include "hub/socket.h"

namespace {

using namespace rt;
using hub_test::Socket;
using model::Kind;

auth::Subscription subscription(std::initializer_list<std::string_view> patterns) {
  auth::Rights everything;
  everything.grant_subscribe({});
  std::vector<model::TopicPattern> asked;
  for (const auto text : patterns) asked.push_back(*model::parse_topic_pattern(text));
  return *everything.subscription(asked);
}

struct Fixture {
  hub::ShardLimits limits = [] {
    hub::ShardLimits made;
    made.window.events_max = 4;
    return made;
  }();
  hub::Shard shard{limits, {1, 0}};
  Socket socket;
  hub::Subscriber subscriber{socket, {.framing = hub::Framing::plain}};
  std::uint64_t next_ms = 2;

  void publish(const std::string& topic, const std::string& payload) {
    shard.apply({store::encode_frame({next_ms++, 0}, {*model::parse_topic(topic), payload, {}})});
  }
  hub::Verdict open(std::initializer_list<std::string_view> patterns,
                    std::optional<std::string_view> last = {}, hub::Snapshot snapshot = hub::Snapshot::omit) {
    hub::Opening opening;
    opening.last_event_id = last;
    opening.snapshot = snapshot;
    const auto verdict = shard.open(subscriber, subscription(patterns), opening);
    shard.flush();
    return verdict;
  }
  std::string flushed() {
    shard.flush();
    return socket.take();
  }
};

std::string order(int ms, const std::string& id, const std::string& payload) {
  return "id: " + std::to_string(ms) + "-0\ndata: {\"type\":\"order_update\",\"orderId\":\"" + id +
         "\",\"data\":" + payload + "}\n\n";
}

TEST_CASE_FIXTURE(Fixture, "a fresh stream starts at the end of the store and gets what comes") {
  publish("orders/A", "{}");
  open({"orders/A"});
  CHECK(socket.take().ends_with(
      "id: 2-0\ndata: "
      "{\"type\":\"connected\",\"topics\":[\"orders/A\"],\"heartbeat\":15,\"resume\":\"fresh\"}\n\n"));
  publish("orders/B", "{}");
  publish("orders/A", R"({"n":1})");
  CHECK(flushed() == order(4, "A", R"({"n":1})"));
}

TEST_CASE_FIXTURE(Fixture, "events that came together leave in one write") {
  open({"orders/A"});
  const std::size_t before = socket.writes;
  for (int n = 0; n < 3; ++n) publish("orders/A", "{}");
  shard.flush();
  CHECK(socket.writes == before + 1);
}

TEST_CASE_FIXTURE(Fixture, "several feeds are merged in the store's order") {
  open({"orders/A", "orders/B", "runs/*"});
  socket.take();
  publish("orders/B", "{}");
  publish("orders/A", "{}");
  publish("runs/R", "{}");
  publish("orders/B", "{}");
  const std::string got = flushed();
  CHECK(got.find("id: 2-0") < got.find("id: 3-0"));
  CHECK(got.find("id: 3-0") < got.find("id: 4-0"));
  CHECK(got.find("id: 4-0") < got.find("id: 5-0"));
}

TEST_CASE_FIXTURE(Fixture, "a resume gets exactly what was missed") {
  for (int n = 0; n < 4; ++n) publish(n % 2 == 0 ? "orders/A" : "orders/B", "{}");
  const auto verdict = open({"orders/A"}, "2-0");
  CHECK(verdict.resume == hub::Resume::resumed);
  CHECK(verdict.missed == 1);
  CHECK(socket.take().ends_with("\"resume\":\"resumed\",\"missed\":1}\n\n" + order(4, "A", "{}")));
}

TEST_CASE_FIXTURE(Fixture,
                  "a resume from before the window, of the future, of another store or malformed says gap") {
  for (int n = 0; n < 6; ++n) publish("orders/A", "{}");
  for (const char* id : {"1-0", "2-0", "99-0", "4-1", "x", "4-0 "}) {
    CAPTURE(id);
    hub::Subscriber other(socket, {.framing = hub::Framing::plain});
    hub::Opening opening;
    opening.last_event_id = id;
    const auto verdict = shard.open(other, subscription({"orders/A"}), opening);
    CHECK(verdict.resume == hub::Resume::gap);
    CHECK(!verdict.reason.empty());
    shard.close(other);
  }
  // The last event that went is where everything still held begins.
  CHECK(open({"orders/A"}, "3-0").missed == 4);
}

TEST_CASE_FIXTURE(Fixture,
                  "a resume from the last event there was of its topics misses nothing, however old it is") {
  publish("orders/A", "{}");
  const auto asked = {"2-0", "3-0"};
  for (int n = 0; n < 6; ++n) publish("orders/B", "{}");
  for (const std::string_view id : asked) {
    Socket other;
    hub::Subscriber again{other, {.framing = hub::Framing::plain}};
    hub::Opening opening;
    opening.last_event_id = id;
    const auto verdict = shard.open(again, subscription({"orders/A", "orders/C"}), opening);
    CHECK((verdict.resume == hub::Resume::resumed) == (id == "2-0"));
    CHECK(verdict.missed == 0);
    shard.close(again);
  }
  // Of B some are lost.
  CHECK(open({"orders/A", "orders/B"}, "2-0").resume == hub::Resume::gap);
}

TEST_CASE_FIXTURE(Fixture, "a resume that may have missed events of a topic that was forgotten says gap") {
  open({"orders/A"});
  publish("orders/A", "{}");
  publish("orders/B", "{}");
  for (int n = 0; n < 6; ++n) publish("orders/C", "{}");
  shard.halve();
  REQUIRE(shard.topic_count() == 2);
  Socket other;
  hub::Subscriber again{other, {.framing = hub::Framing::plain}};
  hub::Opening opening;
  opening.last_event_id = "2-0";
  CHECK(shard.open(again, subscription({"orders/A", "orders/B"}), opening).resume == hub::Resume::gap);
  shard.close(again);
}

TEST_CASE_FIXTURE(Fixture, "a reader that falls behind the window is told how much it missed, and goes on") {
  open({"orders/A"});
  socket.take();
  socket.room = 5;
  publish("orders/A", "{}");
  shard.flush();
  CHECK(subscriber.blocked());
  for (int n = 0; n < 6; ++n) publish("orders/A", "{}");
  socket.room = 1'000'000;
  shard.on_writable(subscriber);
  const std::string got = socket.take();
  CHECK(got.starts_with(order(2, "A", "{}") +
                        "id: 4-0\ndata: {\"type\":\"gap\",\"missed\":2,\"reason\":\"slow\"}\n\n" +
                        order(5, "A", "{}")));
  CHECK(got.ends_with(order(8, "A", "{}")));
}

TEST_CASE_FIXTURE(Fixture,
                  "the snapshot is each topic's newest event, also beyond the window, without an id") {
  publish("orders/A", R"({"n":1})");
  publish("orders/B", R"({"n":2})");
  for (int n = 0; n < 4; ++n) publish("runs/R", "{}");
  open({"orders/*"}, {}, hub::Snapshot::send);
  CHECK(socket.take().ends_with(
      "\"resume\":\"fresh\"}\n\n"
      "data: {\"type\":\"order_update\",\"orderId\":\"A\",\"data\":{\"n\":1},\"snapshot\":true}\n\n"
      "data: {\"type\":\"order_update\",\"orderId\":\"B\",\"data\":{\"n\":2},\"snapshot\":true}\n\n"));
}

TEST_CASE_FIXTURE(Fixture,
                  "what was put together for one reader is not for another whose last event has gone since") {
  socket.room = 10;
  open({"orders/O-1"});  // stuck in the greeting
  Socket other_socket;
  hub::Subscriber other{other_socket, {.framing = hub::Framing::plain}};
  shard.open(other, subscription({"orders/O-1"}), {});
  shard.flush();
  other_socket.take();
  other_socket.room = 10;
  publish("orders/O-1", R"({"n":1})");
  shard.flush();  // the other is stuck in the first event
  publish("orders/O-1", R"({"n":2})");
  shard.flush();

  socket.room = other_socket.room = 1'000'000;
  shard.on_writable(subscriber);
  shard.expire(3);
  shard.on_writable(other);
  CHECK(other_socket.take() == order(2, "O-1", R"({"n":1})") + order(3, "O-1", R"({"n":2})"));
}

TEST_CASE_FIXTURE(Fixture, "a resumed stream gets no snapshot") {
  publish("orders/A", "{}");
  open({"orders/A"}, "2-0", hub::Snapshot::send);
  CHECK(socket.take().find("snapshot") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "a heartbeat is a comment, and moves the position of a reader who has everything") {
  open({"orders/A"});
  publish("orders/B", "{}");
  socket.take();
  shard.heartbeat(subscriber);
  CHECK(flushed() == ": heartbeat\nid: 2-0\n\n");
}

TEST_CASE_FIXTURE(Fixture, "a reader with something coming gets no heartbeat") {
  open({"orders/A"});
  socket.take();
  publish("orders/A", "{}");
  shard.heartbeat(subscriber);
  CHECK(flushed() == order(2, "A", "{}"));
}

TEST_CASE_FIXTURE(Fixture, "an ended stream gets what it has coming, then the last chunk, then nothing") {
  hub::Subscriber chunked(socket, {});
  shard.open(chunked, subscription({"orders/A"}), {});
  shard.flush();
  socket.take();
  publish("orders/A", "{}");
  shard.end(chunked, "retry: 2000\n\n");
  const std::string event = order(2, "A", "{}");
  CHECK(flushed() == "3f\r\n" + event + "\r\nd\r\nretry: 2000\n\n\r\n0\r\n\r\n");
  CHECK(chunked.ended());
  publish("orders/A", "{}");
  CHECK(flushed().empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "halved for want of memory, the older half is gone, and who had not read it is told") {
  open({"orders/A"});
  socket.take();
  socket.room = 5;
  for (int n = 0; n < 4; ++n) publish("orders/A", "{}");
  shard.flush();  // the first is on its way
  shard.halve();
  shard.halve();
  CHECK(shard.window().end() - shard.window().begin() == 1);
  socket.room = 1'000'000;
  shard.on_writable(subscriber);
  CHECK(socket.take() ==
        order(2, "A", "{}") + order(3, "A", "{}") + order(4, "A", "{}") + order(5, "A", "{}"));

  socket.room = 5;
  publish("orders/A", "{}");
  shard.flush();
  for (int n = 0; n < 3; ++n) publish("orders/A", "{}");
  shard.halve();
  socket.room = 1'000'000;
  shard.on_writable(subscriber);
  CHECK(socket.take() == order(6, "A", "{}") +
                             "id: 7-0\ndata: {\"type\":\"gap\",\"missed\":1,\"reason\":\"slow\"}\n\n" +
                             order(8, "A", "{}") + order(9, "A", "{}"));
}

TEST_CASE_FIXTURE(Fixture, "halved, a topic that somebody reads keeps its newest event for the snapshot") {
  publish("orders/A", "{}");
  publish("orders/B", "{}");
  for (int n = 0; n < 4; ++n) publish("runs/R", "{}");
  open({"orders/A"});
  socket.take();
  for (int round = 0; round < 5; ++round) shard.halve();
  CHECK(shard.topic_count() == 1);
  hub::Subscriber other(socket, {.framing = hub::Framing::plain});
  shard.open(other, subscription({"orders/*"}), {});
  CHECK(flushed().ends_with(
      "data: {\"type\":\"order_update\",\"orderId\":\"A\",\"data\":{},\"snapshot\":true}\n\n"));
  shard.close(other);
}

TEST_CASE("topics without readers and events are forgotten when there are too many, the quietest first") {
  hub::ShardLimits limits;
  limits.window.events_max = 2;
  limits.topics_max = 10;
  hub::Shard shard(limits, {1, 0});
  for (std::uint64_t ms = 2; ms < 1000; ++ms) {
    shard.apply({store::encode_frame({ms, 0}, {{Kind::driver, "D" + std::to_string(ms)}, "{}", {}})});
  }
  CHECK(shard.topic_count() == 10);
}

TEST_CASE_FIXTURE(Fixture, "what a store held when it started is there to be resumed, and as snapshots") {
  const auto frame = [](std::uint64_t ms, const std::string& topic) {
    return store::encode_frame({ms, 0}, {*model::parse_topic(topic), "{}", {}});
  };
  hub::Shard started(limits, {5, 0});
  started.recall({{5, 0},
                  {frame(2, "orders/quiet")},
                  {frame(6, "orders/A"), frame(7, "orders/B"), frame(8, "orders/A")}});
  CHECK(started.topic_count() == 3);
  CHECK(started.window().floor_id() == sse::EventId{5, 0});
  hub::Opening opening;
  opening.last_event_id = "5-0";
  const auto verdict = started.open(subscriber, subscription({"orders/A"}), opening);
  CHECK(verdict.resume == hub::Resume::resumed);
  CHECK(verdict.missed == 2);
  hub::Subscriber other(socket, {.framing = hub::Framing::plain});
  opening.last_event_id.reset();
  started.flush();
  socket.take();
  started.open(other, subscription({"orders/quiet"}), opening);
  started.flush();
  CHECK(socket.take().find("\"orderId\":\"quiet\",\"data\":{},\"snapshot\":true}") != std::string::npos);
}

}  // namespace
