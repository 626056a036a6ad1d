// SPDX-License-Identifier: MIT
// Where there are more to write to than one flush() takes.
#include <doctest/doctest.h>

#include <deque>

#include "hub/shard.h"
#include "hub/socket.h"

namespace {

using namespace rt;

struct Reader {
  hub_test::Socket socket;
  hub::Subscriber subscriber{socket, {.framing = hub::Framing::plain}};
};

// One write for each flush().
struct Fixture {
  hub::Shard shard{
      {.window = {.events_max = 4}, .topics_max = 2, .flush_writes_max = 1, .coming_events_max = 3}, {1, 0}};
  std::deque<Reader> readers;
  std::uint64_t next_ms = 2;

  void add_readers(int count, std::string_view pattern = "orders/A") {
    for (int added = 0; added < count; ++added) open(readers.emplace_back(), pattern);
    finish();
    for (Reader& reader : readers) reader.socket.take();
  }
  void open(Reader& reader, std::string_view pattern) {
    auth::Rights everything;
    everything.grant_subscribe({});
    hub::Opening opening;
    opening.snapshot = hub::Snapshot::omit;
    shard.open(reader.subscriber, *everything.subscription({*model::parse_topic_pattern(pattern)}), opening);
  }
  void publish(const std::string& topic = "orders/A") {
    shard.apply({store::encode_frame({next_ms++, 0}, {*model::parse_topic(topic), "{}", {}})});
  }
  void finish() {
    while (shard.has_work()) shard.flush();
  }
  std::size_t writes(std::size_t reader) const { return readers[reader].socket.writes; }
  std::uint64_t events(std::size_t reader) const { return readers[reader].subscriber.events(); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what comes while many are written to leaves with what they had coming") {
  add_readers(3);
  const std::size_t before = writes(0);
  publish();
  shard.flush();
  CHECK(events(0) == 1);
  CHECK(events(1) == 0);
  publish();
  finish();
  for (std::size_t reader = 0; reader < 3; ++reader) CHECK(events(reader) == 2);
  CHECK(writes(0) == before + 2);
  CHECK(writes(1) == before + 1);
  CHECK(writes(2) == before + 1);
}

TEST_CASE_FIXTURE(Fixture, "where much is coming, all is written without stopping") {
  add_readers(3);
  publish();
  publish();
  shard.flush();
  CHECK(events(0) == 2);
  CHECK(events(1) == 0);
  publish("orders/B");  // which nobody reads
  shard.flush();
  CHECK(events(1) == 2);
  CHECK(events(2) == 0);
  publish();
  shard.flush();
  for (std::size_t reader = 0; reader < 3; ++reader) CHECK(events(reader) == 3);
  // It has all been offered, so there is room again.
  publish();
  shard.flush();
  CHECK(events(0) == 4);
  CHECK(events(1) == 3);
}

TEST_CASE_FIXTURE(Fixture, "a topic with few readers does not wait for one with many") {
  add_readers(3);
  add_readers(1, "orders/B");
  publish();
  shard.flush();
  publish("orders/B");
  shard.flush();
  shard.flush();
  CHECK(events(3) == 1);
  CHECK(events(2) == 0);
  finish();
  CHECK(events(2) == 1);
}

TEST_CASE_FIXTURE(Fixture, "a stream that opens does not wait for a topic with many readers") {
  add_readers(3);
  publish();
  shard.flush();
  open(readers.emplace_back(), "orders/B");
  shard.flush();
  CHECK(readers[3].socket.take().contains("connected"));
  CHECK(events(2) == 0);
}

TEST_CASE_FIXTURE(Fixture, "a topic with many readers does not wait for streams that open") {
  add_readers(1);
  publish();
  for (int streams = 0; streams < 3; ++streams) open(readers.emplace_back(), "orders/B");
  shard.flush();
  CHECK(events(0) == 1);
}

TEST_CASE_FIXTURE(Fixture, "who takes the place of one that leaves meanwhile is not passed over") {
  add_readers(3);
  publish();
  shard.flush();
  shard.close(readers[0].subscriber);
  finish();
  CHECK(events(1) == 1);
  CHECK(events(2) == 1);
}

TEST_CASE_FIXTURE(Fixture, "who leaves before its turn is not written to") {
  add_readers(3);
  for (Reader& reader : readers) shard.say(reader.subscriber, ": hello\n\n");
  shard.flush();
  shard.close(readers[1].subscriber);
  finish();
  CHECK(readers[0].socket.take() == ": hello\n\n");
  CHECK(readers[1].socket.take().empty());
  CHECK(readers[2].socket.take() == ": hello\n\n");
}

TEST_CASE_FIXTURE(Fixture,
                  "a topic may be left by all its readers while they are written to, and be forgotten") {
  add_readers(2);
  publish();
  shard.flush();
  for (Reader& reader : readers) shard.close(reader.subscriber);
  finish();
  // Neither its events are held now nor is there room for it.
  for (int events = 0; events < 4; ++events) publish("orders/B");
  publish("orders/C");
  CHECK(shard.topic_count() == 2);
  CHECK(shard.offered_ms() == std::vector<std::uint64_t>{2});
  CHECK(!shard.has_work());
}

TEST_CASE_FIXTURE(Fixture, "an event is timed once it was offered to all") {
  add_readers(2);
  publish();
  shard.flush();
  publish();
  CHECK(shard.offered_ms().empty());
  shard.flush();
  CHECK(shard.offered_ms() == std::vector<std::uint64_t>{2});
  finish();
  CHECK(shard.offered_ms() == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE_FIXTURE(Fixture, "those who are being written to are told of a cut, too") {
  add_readers(3);
  publish();
  shard.flush();
  shard.cut({1'000, 0});
  finish();
  for (Reader& reader : readers) CHECK(reader.socket.take().contains("\"gap\""));
}
