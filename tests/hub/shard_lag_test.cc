// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "hub/shard.h"
#include "hub/socket.h"

namespace {

using namespace rt;
using hub_test::Socket;
using std::chrono::milliseconds;

struct Reader {
  Socket socket;
  hub::Subscriber subscriber{socket, {.framing = hub::Framing::plain}};
};

struct Fixture {
  hub::Shard shard{{}, {1, 0}};
  base::SteadyTime now{milliseconds(1000)};
  std::uint64_t next_ms = 2;

  void open(Reader& reader, std::string_view pattern) {
    auth::Rights everything;
    everything.grant_subscribe({});
    shard.open(reader.subscriber, *everything.subscription({*model::parse_topic_pattern(pattern)}), {});
    shard.flush();
  }
  void publish(const std::string& topic) {
    shard.apply({store::encode_frame({next_ms++, 0}, {*model::parse_topic(topic), "{}", {}})});
    shard.flush();
  }
  void pass(milliseconds time) { shard.set_time(now += time); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "who has no room lags by what it has not been sent, since the first of it came") {
  Reader reader;
  shard.set_time(now);
  open(reader, "orders/O-1");
  publish("orders/O-1");
  CHECK(reader.subscriber.events() == 1);
  CHECK(shard.lag_of(reader.subscriber).events == 0);
  CHECK(shard.lag_of(reader.subscriber).since == now);

  reader.socket.room = 3;
  publish("orders/O-1");  // taken in part: that one is on its way
  CHECK(shard.lag_of(reader.subscriber).events == 0);
  pass(milliseconds(10));
  const base::SteadyTime first = now;
  publish("orders/O-1");
  pass(milliseconds(10));
  publish("orders/O-1");
  publish("orders/O-2");
  const hub::Lag lag = shard.lag_of(reader.subscriber);
  CHECK(lag.events == 2);
  CHECK(lag.since == first);
  CHECK(shard.longest_lag().events == 2);
  CHECK(shard.longest_lag().since == first);
  CHECK(reader.subscriber.events() == 2);

  reader.socket.room = 1'000'000;
  shard.on_writable(reader.subscriber);
  CHECK(shard.lag_of(reader.subscriber).events == 0);
  CHECK(shard.blocked_count() == 0);
  CHECK(reader.subscriber.events() == 4);
}

TEST_CASE_FIXTURE(Fixture, "the blocked are known one by one, in whatever order they go") {
  Reader readers[4];
  for (Reader& reader : readers) {
    open(reader, "orders/*");
    reader.socket.room = 0;
  }
  readers[3].socket.room = 1'000'000;
  publish("orders/O-1");
  CHECK(shard.blocked_count() == 3);
  shard.close(readers[0].subscriber);
  CHECK(shard.blocked_count() == 2);
  readers[2].socket.room = 1'000'000;
  shard.on_writable(readers[2].subscriber);
  CHECK(shard.blocked_count() == 1);
  publish("orders/O-1");
  CHECK(shard.longest_lag().events == 1);
  shard.close(readers[1].subscriber);
  CHECK(shard.blocked_count() == 0);
  CHECK(shard.longest_lag().events == 0);
}

TEST_CASE_FIXTURE(Fixture, "only events with readers here are timed") {
  Reader reader;
  publish("orders/O-1");
  CHECK(shard.offered_ms().empty());
  open(reader, "orders/O-1");
  publish("orders/O-1");
  publish("orders/O-2");
  CHECK(shard.offered_ms() == std::vector<std::uint64_t>{3});
}

TEST_CASE_FIXTURE(Fixture, "what a subscriber follows is told as it was asked for") {
  Reader reader;
  open(reader, "drivers/*");
  CHECK(shard.topics_of(reader.subscriber).kinds == std::vector{model::Kind::driver});
  CHECK(shard.topics_of(reader.subscriber).topics.empty());
}
