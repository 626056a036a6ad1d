// SPDX-License-Identifier: MIT
// A stream in Redis that was flushed, trimmed or lost its tail: whoever may have missed something is told,
// and nobody else.
#include <doctest/doctest.h>

#include <algorithm>

#include "store/redis_instance.h"
#include "store/redis_stream.h"

namespace {

using namespace rt;
using store_test::RedisInstance;
using store_test::RedisServer;

struct Fixture {
  RedisServer redis;
  RedisInstance a{redis.address()}, b{redis.address()};

  // Above all that was seen. Redis itself gives the same id again to one that comes within the millisecond of
  // the one that it lost.
  std::string next_id() { return std::to_string(a.ids().back().ms + 1) + "-0"; }
  void begin() {
    REQUIRE(a.publish({"A", "B"}));
    REQUIRE(b.publish({"C"}));
    REQUIRE(a.sees("A B C "));
    REQUIRE(b.sees("A B C "));
  }
};

TEST_CASE_FIXTURE(Fixture, "after FLUSHALL every instance tells of a cut, and ids go on above") {
  begin();
  redis.ask({"FLUSHALL"});
  CHECK(a.sees("A B C cut "));
  CHECK(b.sees("A B C cut "));
  CHECK(a.is_well());
  REQUIRE(a.publish({"D"}));
  CHECK(a.sees("A B C cut D "));
  CHECK(b.sees("A B C cut D "));
  CHECK(a.ids() == b.ids());
  CHECK(std::ranges::is_sorted(a.ids()));
  CHECK(a.cuts()[0] > a.ids()[2]);
  // Whoever was told of the cut by one instance goes on exactly on another, also on one that starts later.
  RedisInstance c{redis.address()};
  CHECK(std::ranges::find(a.cuts(), c.held().origin) != a.cuts().end());
}

TEST_CASE("a stream is begun once, however many see to it, and above the id also where the clock is below") {
  RedisServer redis;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  auto connection = store::RedisConnection::open(redis.address(), until, -1);
  REQUIRE(connection);
  const auto entries_after = [&](sse::EventId id) {
    CHECK(store::begin_stream(**connection, id, until));
    return redis.ask_number({"XLEN", "rtserve:events"});
  };
  CHECK(entries_after({5, 7}) == 1);
  CHECK(entries_after({5, 7}) == 1);
  CHECK(entries_after({9'000'000'000'000, 7}) == 2);
  CHECK(entries_after({9'000'000'000'000, 7}) == 2);
  CHECK(entries_after({9'000'000'000'001, 0}) == 3);  // the id that the last one has
}

TEST_CASE_FIXTURE(Fixture, "a flushed stream that another program began again is a cut, too") {
  begin();
  redis.ask({"MULTI"});
  redis.ask({"FLUSHALL"});
  redis.ask({"XADD", "rtserve:events", "5-0", "topic", "orders/X", "data", "{}"});
  redis.ask({"XADD", "rtserve:events", next_id(), "topic", "orders/Y", "data", "{}"});
  redis.ask({"EXEC"});
  CHECK(a.sees("A B C cut Y "));
  CHECK(b.sees("A B C cut Y "));
}

TEST_CASE_FIXTURE(Fixture,
                  "events that were trimmed before they were read are a cut, and what is left arrives") {
  begin();
  redis.ask({"MULTI"});
  redis.ask({"XADD", "rtserve:events", "*", "topic", "orders/lost", "data", "{}"});
  redis.ask({"XADD", "rtserve:events", "*", "topic", "orders/D", "data", "{}"});
  redis.ask({"XTRIM", "rtserve:events", "MAXLEN", "1"});
  redis.ask({"EXEC"});
  CHECK(a.sees("A B C cut D "));
  REQUIRE(a.publish({"E"}));
  CHECK(a.sees("A B C cut D E "));
  CHECK(b.sees("A B C cut D E "));
  CHECK(a.cuts()[0] > a.ids()[2]);
  CHECK(a.cuts()[0] < a.ids()[3]);
}

TEST_CASE_FIXTURE(Fixture, "trimming what everybody has read is no cut") {
  begin();
  redis.ask({"XTRIM", "rtserve:events", "MAXLEN", "0"});
  redis.ask({"XADD", "rtserve:events", "*", "topic", "orders/D", "data", "{}"});
  CHECK(a.sees("A B C D "));
  redis.ask({"XTRIM", "rtserve:events", "MAXLEN", "0"});
  REQUIRE(b.publish({"E"}));
  CHECK(a.sees("A B C D E "));
  CHECK(b.sees("A B C D E "));
}

TEST_CASE_FIXTURE(Fixture, "a stream that lost its tail is a cut, also when it has grown again meanwhile") {
  begin();
  const std::string before = redis.ask_text({"DUMP", "rtserve:events"});
  REQUIRE(a.publish({"lost"}));
  CHECK(a.sees("A B C lost "));
  CHECK(b.sees("A B C lost "));
  redis.ask({"RESTORE", "rtserve:events", "0", before, "REPLACE"});
  CHECK(a.sees("A B C lost cut "));
  CHECK(b.sees("A B C lost cut "));
  CHECK(a.is_well());
  REQUIRE(a.publish({"D"}));
  CHECK(b.sees("A B C lost cut D "));
  const std::string then = redis.ask_text({"DUMP", "rtserve:events"});
  REQUIRE(a.publish({"lost"}));
  CHECK(a.sees("A B C lost cut D lost "));
  CHECK(b.sees("A B C lost cut D lost "));
  redis.ask({"MULTI"});
  redis.ask({"RESTORE", "rtserve:events", "0", then, "REPLACE"});
  redis.ask({"XADD", "rtserve:events", next_id(), "topic", "orders/E", "data", "{}"});
  redis.ask({"EXEC"});
  CHECK(a.sees("A B C lost cut D lost cut E "));
  CHECK(b.sees("A B C lost cut D lost cut E "));
  CHECK(std::ranges::is_sorted(a.ids()));
}

TEST_CASE_FIXTURE(Fixture, "a Redis that comes back empty is a cut, one that comes back with all is none") {
  begin();
  redis.ask({"SAVE"});
  redis.kill();
  CHECK(a.is_in_trouble("Redis"));
  CHECK(!a.publish({"refused"}));
  redis.start();
  CHECK(a.is_well());
  CHECK(b.is_well());
  REQUIRE(b.publish({"D"}));
  CHECK(a.sees("A B C D "));
  CHECK(b.sees("A B C D "));
  redis.kill();  // without D
  redis.start();
  CHECK(a.sees("A B C D cut "));
  CHECK(b.sees("A B C D cut "));
}

TEST_CASE_FIXTURE(Fixture, "another entry with the id of the one that was lost is a cut") {
  begin();
  const std::string before = redis.ask_text({"DUMP", "rtserve:events"});
  redis.ask({"XADD", "rtserve:events", "9000000000000-0", "topic", "orders/lost", "data", "{}"});
  CHECK(a.sees("A B C lost "));
  CHECK(b.sees("A B C lost "));
  redis.ask({"MULTI"});
  redis.ask({"RESTORE", "rtserve:events", "0", before, "REPLACE"});
  redis.ask({"XADD", "rtserve:events", "9000000000000-0", "topic", "orders/other", "data", "{}"});
  redis.ask({"EXEC"});
  CHECK(a.sees("A B C lost cut "));
  CHECK(b.sees("A B C lost cut "));
}

TEST_CASE("a reader that retention overtakes is told, and follows on") {
  RedisServer redis;
  RedisInstance a{redis.address(), {1'000'000, std::chrono::hours(1)}};
  REQUIRE(a.publish({"A"}));
  REQUIRE(a.sees("A "));
  // More than one page, of which the oldest part goes.
  redis.ask({"MULTI"});
  for (int i = 0; i < 6'000; ++i)
    redis.ask({"XADD", "rtserve:events", "*", "topic", "orders/" + std::to_string(i), "data", "{}"});
  redis.ask({"XTRIM", "rtserve:events", "MAXLEN", "5000"});
  redis.ask({"EXEC"});
  std::string expected = "A cut ";
  for (int i = 1'000; i < 6'000; ++i) expected += std::to_string(i) + ' ';
  CHECK(a.sees(expected));
}

}  // namespace
