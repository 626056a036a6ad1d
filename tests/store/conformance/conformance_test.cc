// SPDX-License-Identifier: MIT
// What every engine promises. An engine that joins is one more type in the line below.
#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "store/conformance/candidate.h"
#ifdef RT_REDIS_SERVER
#include "store/conformance/redis_candidate.h"
#define RT_REDIS_CANDIDATE , conformance::RedisCandidate
#else
#define RT_REDIS_CANDIDATE
#endif
#include "store/idempotency.h"

namespace {

using namespace rt;
using conformance::order;
using conformance::Session;
using std::chrono::milliseconds;

#define RT_EACH_ENGINE(name)                                     \
  TEST_CASE_TEMPLATE(name, Engine, conformance::MemoryCandidate, \
                     conformance::SqliteCandidate RT_REDIS_CANDIDATE)

// A clock that is turned by hand begins at the real time, as an engine may have a clock of its own.
const base::WallTime k_now = base::SystemClock().wall();

constexpr store::Retention k_ample{1'000'000, std::chrono::hours(1)};

bool rises(const store::Batch& batch) {
  return std::ranges::adjacent_find(batch, [](const auto& a, const auto& b) { return a->id >= b->id; }) ==
         batch.end();
}

std::vector<std::string> payloads(const store::Batch& batch) {
  std::vector<std::string> all;
  for (const auto& frame : batch) {
    const std::string json(frame->json());
    const std::size_t at = json.find("\"data\":") + 7;
    all.push_back(json.substr(at, json.size() - at - 1));
  }
  return all;
}

std::string numbered(int n) {
  return "{\"n\":" + std::to_string(n) + '}';
}

RT_EACH_ENGINE("events come out in the order in which they were asked for, with rising ids") {
  Engine engine;
  const base::SystemClock clock;
  Session session(engine, k_ample, clock);
  std::vector<std::string> expected;
  store::Batch all;
  for (int turn = 0; turn < 5; ++turn) {
    std::vector<store::Publish> publishes;
    for (int publish = 0; publish < 20; ++publish) {
      store::Publish one;
      for (int event = 0; event < 3; ++event) {
        expected.push_back(numbered(static_cast<int>(expected.size())));
        one.events.push_back(order("A" + std::to_string(publish), expected.back()));
      }
      publishes.push_back(std::move(one));
    }
    auto published = session.publish(std::move(publishes), 60);
    REQUIRE(published.batch.size() == 60);
    for (std::size_t i = 0; i < 20; ++i) {
      REQUIRE(published.receipts[i]);
      CHECK(published.receipts[i]->accepted == 3);
      CHECK(published.receipts[i]->last_id == published.batch[i * 3 + 2]->id);
    }
    all.insert(all.end(), published.batch.begin(), published.batch.end());
  }
  CHECK(payloads(all) == expected);
  CHECK(rises(all));
  CHECK(all.front()->id > session.held().origin);
}

RT_EACH_ENGINE("ids rise strictly when the clock is set back") {
  Engine engine;
  base::ManualClock clock{k_now};
  Session session(engine, k_ample, clock);
  store::Batch all = session.publish({order("A"), order("A")}).batch;
  clock.set_wall(k_now - std::chrono::hours(24));
  for (const auto& frame : session.publish({order("A"), order("A")}).batch) all.push_back(frame);
  CHECK(all.size() == 4);
  CHECK(rises(all));
}

RT_EACH_ENGINE("a payload comes back as the bytes that were published") {
  Engine engine;
  const base::SystemClock clock;
  const std::string payload =
      "{\"b\":1.0,\"a\":12345678901234567890,\"u\":\"\\u0000 \xc3\xa9 \\n'\\\"\",\"e\":1e5}";
  const std::string position = R"({"latitude":43.6532,"longitude":-79.3832})";
  std::vector<std::string> written;
  const auto note = [&written](const store::Batch& batch) {
    for (const auto& frame : batch) written.emplace_back(frame->chunk());
  };
  {
    Session session(engine, k_ample, clock);
    note(session
             .publish({order("O.-~:_1", payload),
                       {{model::Kind::driver, "D"}, position, "2023-12-20T14:35:00.000Z"},
                       {{model::Kind::run, std::string(128, 'r')}, std::string(60'000, ' ') + "{}", {}}})
             .batch);
    REQUIRE(written.size() == 3);
    CHECK(written[0].find("\"data\":" + payload + '}') != std::string::npos);
    CHECK(written[1].find(position + ",\"timestamp\":\"2023-12-20T14:35:00.000Z\"}") != std::string::npos);
  }
  Session again(engine, k_ample, clock);
  if (!engine.is_durable()) return;
  const std::vector<std::string> first = std::exchange(written, {});
  note(again.held().recent);
  CHECK(written == first);
}

RT_EACH_ENGINE("a repeated key gets the first receipt for ten minutes, and adds nothing") {
  Engine engine;
  base::ManualClock clock{k_now};
  Session session(engine, k_ample, clock);
  const auto first = session.publish({order("A"), order("B")}, "key").receipts[0];
  REQUIRE(first);
  session.publish({order("C")});
  engine.pass(clock, std::chrono::minutes(9));
  session.tidy();
  std::vector<store::Publish> both;
  both.push_back({{}, {order("A"), order("B")}, "key"});
  both.push_back({{}, {order("D")}, "another"});
  const auto again = session.publish(std::move(both), 1);
  CHECK(again.batch.size() == 1);
  REQUIRE(again.receipts[0]);
  CHECK(again.receipts[0]->accepted == 2);
  CHECK(again.receipts[0]->last_id == first->last_id);
  CHECK(again.receipts[1]->last_id == again.batch[0]->id);
  engine.pass(clock, std::chrono::minutes(2));
  CHECK(session.publish({order("A"), order("B")}, "key").batch.size() == 2);
}

RT_EACH_ENGINE("a key that comes twice in one turn adds once, and both get the receipt") {
  Engine engine;
  const base::SystemClock clock;
  Session session(engine, k_ample, clock);
  std::vector<store::Publish> both;
  for (int i = 0; i < 2; ++i) both.push_back({{}, {order("A")}, "key"});
  both.push_back({{}, {order("B")}, {}});
  const auto published = session.publish(std::move(both), 2);
  CHECK(published.batch.size() == 2);
  REQUIRE(published.receipts[1]);
  CHECK(published.receipts[0]->last_id == published.receipts[1]->last_id);
  CHECK(published.receipts[2]->last_id == published.batch[1]->id);
}

RT_EACH_ENGINE("a receipt is remembered as durably as the events") {
  Engine engine;
  base::ManualClock clock{k_now};
  base::Result<store::Receipt> first;
  {
    Session session(engine, k_ample, clock);
    first = session.publish({order("A")}, std::string("u\0/path\0key", 11)).receipts[0];
  }
  engine.pass(clock, std::chrono::minutes(1));
  Session session(engine, k_ample, clock);
  if (!engine.is_durable()) return;
  std::vector<store::Publish> repeated;
  repeated.push_back({{}, {order("A")}, std::string("u\0/path\0key", 11)});
  const auto again = session.publish(std::move(repeated), 0).receipts[0];
  CHECK(again->last_id == first->last_id);
  CHECK(session.publish({order("A")}, std::string("u\0/path\0other", 13)).receipts[0]->last_id >
        first->last_id);
  engine.pass(clock, std::chrono::minutes(10));
  CHECK(session.publish({order("A")}, std::string("u\0/path\0key", 11)).receipts[0]->last_id >
        first->last_id);
}

RT_EACH_ENGINE("after a restart everything acknowledged is there, in order, and ids go on above") {
  Engine engine;
  base::ManualClock clock{k_now};
  store::Batch all;
  sse::EventId origin;
  for (int start = 0; start < 4; ++start) {
    Session session(engine, k_ample, clock);
    if (!engine.is_durable()) return;
    if (start == 0) origin = session.held().origin;
    CHECK(session.held().origin == origin);
    CHECK(payloads(session.held().recent) == payloads(all));
    CHECK(session.held().newest.empty());
    for (int turn = 0; turn < 3; ++turn) {
      for (const auto& frame :
           session.publish({order("A", numbered(turn)), order("B", numbered(start))}).batch)
        all.push_back(frame);
    }
    CHECK(rises(all));
    // Between the runs somebody sets the clock back.
    clock.set_wall(clock.wall() - std::chrono::hours(1));
  }
}

RT_EACH_ENGINE("what is beyond the retained number is forgotten, but for each topic's newest") {
  Engine engine;
  base::ManualClock clock{k_now};
  const store::Retention few{100, std::chrono::hours(1)};
  store::Batch all;
  {
    Session session(engine, few, clock);
    for (const auto& frame :
         session.publish({order("quiet", numbered(-1)), order("woken", numbered(-2))}).batch)
      all.push_back(frame);
    for (int turn = 0; turn < 50; ++turn) {
      std::vector<model::Event> events;
      for (int i = 0; i < 100; ++i) events.push_back(order("A", numbered(turn * 100 + i)));
      for (const auto& frame : session.publish(std::move(events)).batch) all.push_back(frame);
    }
    session.tidy();
    for (const auto& frame : session.publish({order("woken", numbered(-3))}).batch) all.push_back(frame);
    session.tidy();
  }
  Session session(engine, few, clock);
  if (!engine.is_durable()) return;
  CHECK(payloads(session.held().recent) == payloads(store::Batch(all.end() - 100, all.end())));
  CHECK(session.held().origin == all[all.size() - 101]->id);
  if (engine.keeps_newest()) CHECK(payloads(session.held().newest) == std::vector{numbered(-1)});
}

RT_EACH_ENGINE("what is older than the retained time is forgotten, and no id is used again") {
  Engine engine;
  base::ManualClock clock{k_now};
  const store::Retention hour{1'000'000, std::chrono::hours(1)};
  store::Batch all;
  {
    Session session(engine, hour, clock);
    for (const auto& frame : session.publish({order("A"), order("B"), order("A", numbered(1))}).batch)
      all.push_back(frame);
    engine.pass(clock, std::chrono::minutes(61));
    session.tidy();
  }
  clock.set_wall(k_now - std::chrono::hours(24));
  Session session(engine, hour, clock);
  if (!engine.is_durable() || !engine.has_our_clock()) return;
  CHECK(session.held().recent.empty());
  CHECK(session.held().origin == all.back()->id);
  CHECK(payloads(session.held().newest) == std::vector<std::string>{"{}", numbered(1)});
  CHECK(session.publish({order("C")}).batch.at(0)->id > all.back()->id);
}

RT_EACH_ENGINE("many publishes of one turn are answered each with its own, and none is lost") {
  Engine engine;
  const base::SystemClock clock;
  store::Batch all;
  {
    Session session(engine, k_ample, clock);
    for (int turn = 0; turn < 4; ++turn) {
      std::vector<store::Publish> publishes;
      for (int i = 0; i < 500; ++i) {
        publishes.push_back(
            {{}, {order("A" + std::to_string(i), numbered(i))}, "k" + std::to_string(turn * 250 + i)});
      }
      // The half of the keys comes again in the next turn.
      const auto published = session.publish(std::move(publishes), turn == 0 ? 500 : 250);
      for (const auto& receipt : published.receipts) REQUIRE(receipt);
      CHECK(published.batch.size() == (turn == 0 ? 500 : 250));
      all.insert(all.end(), published.batch.begin(), published.batch.end());
    }
  }
  CHECK(rises(all));
  Session session(engine, k_ample, clock);
  if (engine.is_durable()) CHECK(payloads(session.held().recent) == payloads(all));
}

RT_EACH_ENGINE("while it cannot write it says so at once, keeps nothing by halves, and recovers by itself") {
  Engine engine;
  const base::SystemClock clock;
  store::Batch all;
  {
    Session session(engine, k_ample, clock);
    for (const auto& frame : session.publish({order("A")}, "first").batch) all.push_back(frame);
    if (!engine.obstruct()) return;
    std::vector<store::Publish> publishes;
    publishes.push_back(
        {{},
         std::vector<model::Event>(50, order("A", "{\"lost\":\"" + std::string(5000, 'x') + "\"}")),
         "second"});
    publishes.push_back({{}, {order("A")}, "first"});
    const auto begin = std::chrono::steady_clock::now();
    const auto refused = session.publish(std::move(publishes), 0);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
    CHECK(refused.batch.empty());
    CHECK(!refused.receipts[0]);
    REQUIRE(session.store().trouble() != nullptr);
    CHECK(refused.receipts[0].error().what == session.store().trouble());
    CHECK(refused.receipts[1]);  // answered before
    session.store().tidy();
    CHECK(session.store().trouble() != nullptr);
    engine.clear_way();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (session.store().trouble() != nullptr && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::min(session.store().tidy(), milliseconds(10)));
    CHECK(session.store().trouble() == nullptr);
    for (const auto& frame : session.publish({order("B")}, "second").batch) all.push_back(frame);
    CHECK(all.size() == 2);
  }
  Session session(engine, k_ample, clock);
  CHECK(payloads(session.held().recent) == payloads(all));
}

}  // namespace
