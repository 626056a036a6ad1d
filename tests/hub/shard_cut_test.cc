// SPDX-License-Identifier: MIT
// A store that was cut, in small examples: ids go on from above or from below, and nothing is lost in
// silence.
#include <doctest/doctest.h>
#include <zlib.h>

#include "hub/shard.h"
#include "hub/socket.h"

namespace {

using namespace rt;
using hub_test::Socket;
using std::chrono::milliseconds;

struct Fixture {
  explicit Fixture(std::size_t block_bytes_max = 10'000)
      : shard({.window = {.events_max = 4}, .topics_max = 100, .block_bytes_max = block_bytes_max}, {1, 0}) {}
  hub::Shard shard;
  Socket socket;
  hub::Subscriber subscriber{socket, {.framing = hub::Framing::plain}};
  int now_ms = 0;

  void publish(std::uint64_t ms, const std::string& topic, const std::string& payload = "{}") {
    shard.apply({store::encode_frame({ms, 0}, {*model::parse_topic(topic), payload, {}})});
  }
  hub::Verdict open(hub::Subscriber& reader, const std::string& pattern, hub::Opening opening = {}) {
    auth::Rights everything;
    everything.grant_subscribe({});
    const auto verdict =
        shard.open(reader, *everything.subscription({*model::parse_topic_pattern(pattern)}), opening);
    shard.flush();
    return verdict;
  }
  void open(const std::string& pattern, milliseconds rate = {}) {
    hub::Opening opening;
    opening.rate = rate;
    opening.snapshot = hub::Snapshot::omit;
    open(subscriber, pattern, opening);
    flushed();
  }
  hub::Verdict resume(const std::string& pattern, std::string_view id, milliseconds rate = {}) {
    hub::Subscriber other(socket, {.framing = hub::Framing::plain});
    hub::Opening opening;
    opening.last_event_id = id;
    opening.rate = rate;
    const auto verdict = open(other, pattern, opening);
    shard.close(other);
    socket.received.clear();
    return verdict;
  }
  void pass(int ms) {
    now_ms += ms;
    shard.set_time(base::SteadyTime(milliseconds(now_ms)));
    shard.wake_due();
  }
  void block() { socket.room = 5; }
  std::string unblocked() {
    socket.room = 1'000'000;
    shard.on_writable(subscriber);
    return flushed();
  }
  std::string flushed() {
    while (shard.has_work()) shard.flush();
    return socket.take();
  }
};

struct SmallBlocks : Fixture {
  SmallBlocks() : Fixture(1) {}
};

std::string order(int ms, const std::string& id) {
  return "id: " + std::to_string(ms) + "-0\ndata: {\"type\":\"order_update\",\"orderId\":\"" + id +
         "\",\"data\":{}}\n\n";
}
std::string position(const std::string& id, int n) {
  return "data: {\"type\":\"driver_location\",\"driverId\":\"" + id +
         "\",\"location\":{\"n\":" + std::to_string(n) + "}}\n\n";
}
std::string cut(const std::string& id) {
  return "id: " + id + "\ndata: {\"type\":\"gap\",\"reason\":\"cut\"}\n\n";
}
std::string n(int value) {
  return "{\"n\":" + std::to_string(value) + "}";
}

TEST_CASE_FIXTURE(Fixture, "a cut is told as a gap, also to who had everything, and all goes on from there") {
  open("orders/A");
  publish(2, "orders/A");
  flushed();
  shard.cut({2, 0});
  shard.heartbeat(subscriber);
  CHECK(flushed() == cut("2-0"));
  CHECK(flushed().empty());
  CHECK(shard.counts().cut_gaps == 1);
  publish(10, "orders/A");
  CHECK(flushed() == order(10, "A"));
  shard.heartbeat(subscriber);
  CHECK(flushed() == ": heartbeat\nid: 10-0\n\n");
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(Fixture, "who cannot read while the store is cut is told when there is room again") {
  open("orders/A");
  block();
  publish(2, "orders/A");
  shard.flush();
  shard.cut({5, 0});
  publish(6, "orders/A");
  shard.flush();
  CHECK(unblocked() == order(2, "A").substr(5).insert(0, "id: 2") + cut("5-0") + order(6, "A"));
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(Fixture,
                  "who comes back from before a cut is told; who comes from behind it misses nothing") {
  for (int ms = 2; ms < 5; ++ms) publish(ms, "orders/A");
  shard.cut({5, 0});
  publish(6, "orders/A");
  CHECK(resume("orders/A", "3-0").resume == hub::Resume::gap);
  CHECK(resume("orders/A", "4-0").resume == hub::Resume::gap);
  CHECK(resume("orders/A", "5-0").missed == 1);
  CHECK(resume("orders/A", "6-0").resume == hub::Resume::resumed);
}

TEST_CASE_FIXTURE(Fixture, "an id that was given before the cut and after it proves nothing") {
  for (int ms = 2; ms < 6; ++ms) publish(ms, "orders/A");
  shard.cut({3, 0});
  publish(4, "orders/A");
  for (const auto* id : {"3-0", "4-0", "5-0"}) {
    CAPTURE(id);
    const auto verdict = resume("orders/A", id);
    CHECK(verdict.resume == hub::Resume::gap);
    CHECK(verdict.reason == "the store was cut since the last event id");
  }
  publish(6, "orders/A");
  CHECK(resume("orders/A", "6-0").resume == hub::Resume::resumed);
}

TEST_CASE_FIXTURE(Fixture,
                  "an event of before the cut is not the last of its topic, though none came since") {
  publish(2, "orders/A");
  for (int ms = 3; ms < 7; ++ms) publish(ms, "orders/B");
  CHECK(resume("orders/A", "2-0").resume == hub::Resume::resumed);
  shard.cut({9, 0});
  CHECK(resume("orders/A", "2-0").resume == hub::Resume::gap);
  CHECK(resume("orders/B", "6-0").resume == hub::Resume::gap);
}

TEST_CASE_FIXTURE(Fixture, "nobody waits for an id of before the cut to arrive") {
  for (int ms = 2; ms < 6; ++ms) publish(ms, "orders/A");
  shard.cut({3, 0});
  CHECK(!shard.lies_ahead("5-0"));
  CHECK(shard.lies_ahead("6-0"));
}

TEST_CASE_FIXTURE(Fixture, "after a cut to a lower position the order is kept from there") {
  open("orders/*");
  for (int ms = 2; ms < 5; ++ms) publish(ms, "orders/A");
  flushed();
  shard.cut({2, 0});
  publish(3, "orders/B");
  CHECK(flushed() == cut("2-0") + order(3, "B"));
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(Fixture, "what was known of a topic before a cut to a lower position is still its state") {
  publish(8, "orders/A");
  shard.cut({2, 0});
  open(subscriber, "orders/*");
  CHECK(flushed().ends_with("\"orderId\":\"A\",\"data\":{},\"snapshot\":true}\n\n"));
  publish(3, "orders/A");
  CHECK(flushed() == order(3, "A"));
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(SmallBlocks, "a snapshot that a cut comes upon is told to its end") {
  for (const auto* topic : {"orders/A", "orders/B", "orders/C"}) publish(8, topic);
  socket.room = 600;
  hub::Opening opening;
  const std::string head(599, ' ');
  opening.head = head;
  open(subscriber, "orders/*", opening);
  CHECK(subscriber.blocked());
  shard.cut({2, 0});
  publish(3, "orders/C");
  const std::string got = unblocked();
  for (const auto* id : {"A", "B"})
    CHECK(got.find("\"orderId\":\"" + std::string(id) + "\",\"data\":{},\"snapshot\"") != std::string::npos);
  CHECK(got.ends_with(cut("2-0") + order(3, "C")));
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(Fixture,
                  "positions that a cut took before they were read are caught up with, and it is said") {
  open("drivers/*", milliseconds(100));
  publish(2, "drivers/A", n(1));
  flushed();
  block();
  publish(3, "drivers/B", n(2));
  shard.flush();
  CHECK(subscriber.blocked());
  publish(4, "drivers/A", n(3));
  publish(5, "drivers/C", n(4));
  shard.cut({2, 0});
  CHECK(unblocked().ends_with(position("B", 2) + position("C", 4) + cut("2-0")));
  pass(100);
  CHECK(flushed() == position("A", 3));
  publish(3, "drivers/A", n(5));
  pass(100);
  CHECK(flushed() == "id: 3-0\n" + position("A", 5));
  shard.heartbeat(subscriber);
  CHECK(flushed() == ": heartbeat\nid: 3-0\n\n");
  CHECK(shard.counts().cut_gaps == 1);
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(Fixture, "a position that was held at a cut comes when its period is over") {
  open("drivers/*", milliseconds(100));
  for (std::uint64_t ms = 7; ms < 9; ++ms) {
    publish(ms, "drivers/A", n(static_cast<int>(ms)));
    flushed();
  }
  shard.cut({2, 0});
  CHECK(flushed() == cut("2-0"));
  publish(3, "drivers/B", n(3));
  CHECK(flushed() == "id: 3-0\n" + position("B", 3));
  shard.heartbeat(subscriber);
  CHECK(flushed() == ": heartbeat\nid: 3-0\n\n");
  pass(100);
  CHECK(flushed() == position("A", 8));
  shard.close(subscriber);
}

TEST_CASE_FIXTURE(Fixture, "a thinned stream resumes only where all that may have been held is known") {
  publish(2, "drivers/A", n(1));
  pass(10'000);
  shard.cut({5, 0});
  CHECK(resume("drivers/*", "5-0", milliseconds(100)).resume == hub::Resume::gap);
  publish(6, "drivers/A", n(2));
  CHECK(resume("drivers/*", "6-0", milliseconds(100)).resume == hub::Resume::gap);
  CHECK(resume("drivers/*", "6-0").resume == hub::Resume::resumed);
  pass(2'000);
  publish(7, "drivers/A", n(3));
  CHECK(resume("drivers/*", "7-0", milliseconds(100)).resume == hub::Resume::resumed);
}

TEST_CASE_FIXTURE(Fixture, "a compressed stream goes on across a cut") {
  hub::Subscriber reader(socket, {.framing = hub::Framing::plain, .coding = hub::Coding::gzip});
  open(reader, "orders/*");
  publish(5, "orders/A");
  shard.flush();
  shard.cut({2, 0});
  for (std::uint64_t ms = 3; ms < 5; ++ms) {
    publish(ms, "orders/A");
    shard.flush();
  }
  shard.end(reader, "retry: 1\n\n");
  std::string bytes = flushed();
  shard.close(reader);
  std::string text(10'000, '\0');
  z_stream zlib{};
  REQUIRE(::inflateInit2(&zlib, 16 + MAX_WBITS) == Z_OK);
  zlib.next_in = reinterpret_cast<Bytef*>(bytes.data());
  zlib.avail_in = static_cast<uInt>(bytes.size());
  zlib.next_out = reinterpret_cast<Bytef*>(text.data());
  zlib.avail_out = static_cast<uInt>(text.size());
  CHECK(::inflate(&zlib, Z_FINISH) == Z_STREAM_END);
  text.resize(text.size() - zlib.avail_out);
  ::inflateEnd(&zlib);
  CHECK(text.ends_with(order(5, "A") + cut("2-0") + order(3, "A") + order(4, "A") + "retry: 1\n\n"));
}

}  // namespace
