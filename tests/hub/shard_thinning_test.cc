// SPDX-License-Identifier: MIT
// Streams with a rate, in small examples.
#include <doctest/doctest.h>

#include "hub/shard.h"
#include "hub/socket.h"

namespace {

using namespace rt;
using hub_test::Socket;
using std::chrono::milliseconds;

struct Fixture {
  explicit Fixture(std::size_t topics_max = 100, std::size_t block_bytes_max = 10'000)
      : shard({.window = {.events_max = 6}, .topics_max = topics_max, .block_bytes_max = block_bytes_max},
              {1, 0}) {}
  hub::Shard shard;
  Socket socket;
  hub::Subscriber subscriber{socket, {.framing = hub::Framing::plain}};
  std::uint64_t next_ms = 2;
  int now_ms = 0;

  void publish(const std::string& topic, int n) {
    const std::string payload = "{\"n\":" + std::to_string(n) + "}";
    shard.apply({store::encode_frame({next_ms++, 0}, {*model::parse_topic(topic), payload, {}})});
  }
  hub::Verdict open(hub::Subscriber& reader, std::optional<std::string_view> last = {}) {
    auth::Rights everything;
    everything.grant_subscribe({});
    hub::Opening opening;
    opening.last_event_id = last;
    opening.rate = milliseconds(100);
    const auto verdict = shard.open(reader, *everything.subscription({model::TopicPattern{}}), opening);
    shard.flush();
    return verdict;
  }
  void pass(int ms) {
    now_ms += ms;
    shard.set_time(base::SteadyTime(milliseconds(now_ms)));
    shard.wake_due();
  }
  std::string flushed() {
    while (shard.has_work()) shard.flush();
    return socket.take();
  }
};

std::string position(const std::string& id, int n) {
  return "data: {\"type\":\"driver_location\",\"driverId\":\"" + id +
         "\",\"location\":{\"n\":" + std::to_string(n) + "}}\n\n";
}
std::string order(int ms, int n) {
  return "id: " + std::to_string(ms) +
         "-0\ndata: {\"type\":\"order_update\",\"orderId\":\"O\",\"data\":{\"n\":" + std::to_string(n) +
         "}}\n\n";
}

TEST_CASE_FIXTURE(Fixture, "a position that was held when a newer event went out comes without an id") {
  open(subscriber);
  flushed();
  publish("drivers/A", 1);
  CHECK(flushed() == "id: 2-0\n" + position("A", 1));
  publish("drivers/A", 2);
  publish("drivers/A", 3);
  publish("orders/O", 4);
  CHECK(flushed() == order(5, 4));
  publish("drivers/A", 5);
  CHECK(flushed().empty());
  // Nor does a heartbeat pass over what is held.
  shard.heartbeat(subscriber);
  CHECK(flushed() == ": heartbeat\nid: 5-0\n\n");
  publish("orders/O", 6);
  CHECK(flushed() == order(7, 6));
  pass(99);
  CHECK(flushed().empty());
  pass(1);
  CHECK(flushed() == position("A", 5));
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(Fixture, "positions that come due together go out in the store's order, each with its id") {
  open(subscriber);
  for (const auto* driver : {"drivers/A", "drivers/B"}) publish(driver, 1);
  flushed();
  for (const auto* driver : {"drivers/B", "drivers/A"}) publish(driver, 2);
  flushed();
  pass(100);
  CHECK(flushed() == "id: 4-0\n" + position("B", 2) + "id: 5-0\n" + position("A", 2));
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(Fixture, "a resume brings what was held as a snapshot, and the newest of what came since") {
  open(subscriber);
  publish("drivers/A", 1);
  shard.flush();
  publish("drivers/A", 2);
  publish("orders/O", 3);
  flushed();  // up to 4-0, and the second of A is held
  shard.close(subscriber);
  for (int n = 4; n < 6; ++n) publish("drivers/B", n);
  hub::Subscriber again(socket, {.framing = hub::Framing::plain});
  CHECK(open(again, "4-0").missed == 1);
  CHECK(flushed().ends_with("\"missed\":1}\n\n" +
                            position("A", 2).insert(position("A", 2).size() - 3, ",\"snapshot\":true") +
                            "id: 6-0\n" + position("B", 5)));
  shard.close(again);
}

TEST_CASE_FIXTURE(Fixture, "who falls behind gets the newest positions, and a gap only for other events") {
  open(subscriber);
  flushed();
  socket.room = 5;
  publish("orders/O", 0);
  shard.flush();
  for (int n = 1; n < 9; ++n) publish(n % 2 ? "drivers/A" : "drivers/B", n);
  publish("drivers/C", 9);
  socket.room = 1'000'000;
  shard.on_writable(subscriber);
  // 3-0 to 5-0 are gone, and of A, B and C the newest is all that counts.
  CHECK(flushed() == order(2, 0) + ": heartbeat\nid: 5-0\n\nid: 9-0\n" + position("A", 7) + "id: 10-0\n" +
                         position("B", 8) + "id: 11-0\n" + position("C", 9));
  socket.room = 5;
  publish("drivers/D", 1);
  shard.flush();
  publish("orders/O", 1);
  for (int n = 2; n < 8; ++n) publish("orders/O", n);
  publish("drivers/D", 9);
  socket.room = 1'000'000;
  shard.on_writable(subscriber);
  const std::string got = flushed();
  CHECK(got.find("{\"type\":\"gap\",\"missed\":2,\"reason\":\"slow\"}") != std::string::npos);
  pass(100);
  CHECK(flushed() == position("D", 9).insert(0, "id: 20-0\n"));
  shard.close(subscriber);
}

struct SmallBlocks : Fixture {
  SmallBlocks() : Fixture(100, 1) {}
};

TEST_CASE_FIXTURE(SmallBlocks, "a position that comes due while its reader catches up goes out once") {
  open(subscriber);
  publish("drivers/A", 1);
  flushed();
  pass(90);
  publish("drivers/B", 2);
  flushed();
  publish("drivers/B", 3);
  flushed();  // the second of B is held until 190
  pass(20);
  socket.room = 5;
  publish("orders/O", 4);
  shard.flush();
  publish("drivers/A", 5);
  publish("drivers/B", 6);
  for (int n = 7; n < 13; ++n) publish("orders/O", n);
  // Room for what was left of the order, and for a part of A.
  socket.room = order(5, 4).size();
  shard.on_writable(subscriber);
  CHECK(subscriber.blocked());
  pass(90);
  socket.room = 1'000'000;
  shard.on_writable(subscriber);
  std::string got = flushed();
  pass(100);
  got += flushed();
  CHECK(got.find(position("A", 5)) != std::string::npos);
  CHECK(got.find(position("B", 6)) != std::string::npos);
  CHECK(got.find(position("B", 6)) == got.rfind(position("B", 6)));
  CHECK(got.find("\"gap\"") == std::string::npos);
  shard.close(subscriber);
}

struct FewTopics : Fixture {
  FewTopics() : Fixture(2) {}
};

TEST_CASE_FIXTURE(FewTopics,
                  "when the topic of a held position is forgotten, that is a gap, also to a resume") {
  open(subscriber);
  publish("drivers/A", 1);
  shard.flush();
  publish("drivers/A", 2);
  publish("orders/O", 3);
  for (int n = 4; n < 9; ++n) publish("orders/O", n);
  flushed();
  publish("orders/P", 9);
  CHECK(flushed().starts_with(
      "id: 9-0\ndata: {\"type\":\"gap\",\"missed\":1,\"reason\":\"slow\"}\n\nid: 10-0"));
  shard.close(subscriber);
  hub::Subscriber again(socket, {.framing = hub::Framing::plain});
  CHECK(open(again, "4-0").resume == hub::Resume::gap);
  shard.close(again);
}

struct FewTopicsInSmallBlocks : Fixture {
  FewTopicsInSmallBlocks() : Fixture(2, 1) {}
};

TEST_CASE_FIXTURE(FewTopicsInSmallBlocks,
                  "a topic that nothing came of yet takes the slot of one that is due") {
  open(subscriber);
  for (int n = 1; n < 3; ++n) {
    publish("drivers/A", n);
    publish("drivers/B", n);
    flushed();
  }
  for (int n = 3; n < 9; ++n) publish("orders/O", n);
  flushed();
  pass(100);
  socket.room = 5;
  shard.flush();
  CHECK(subscriber.blocked());  // A is on its way, B is next
  auth::Rights everything;
  everything.grant_subscribe({});
  hub::Subscriber other(socket, {.framing = hub::Framing::plain});
  shard.open(other,
             *everything.subscription(
                 {*model::parse_topic_pattern("drivers/C"), *model::parse_topic_pattern("drivers/D")}),
             {});
  socket.received.clear();
  socket.room = 1'000'000;
  shard.on_writable(subscriber);
  const std::string got = socket.take();
  CHECK(got.find("\"driverId\":\"B\"") == std::string::npos);
  CHECK(got.find("\"gap\",\"missed\":1,") != std::string::npos);
  shard.close(other);
  shard.close(subscriber);
}

}  // namespace
