// SPDX-License-Identifier: MIT
#include "store/store.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "store/open.h"

namespace {

using namespace rt;
using model::Kind;

constexpr base::WallTime k_start{std::chrono::milliseconds(1'700'000'000'000)};

model::Event event(const std::string& id, const std::string& payload = "{}") {
  return {{Kind::order, id}, payload, {}};
}

store::Batch batch_of(const store::Turn& turn) {
  REQUIRE(turn.arrivals.size() <= 1);
  return turn.arrivals.empty() ? store::Batch() : turn.arrivals[0].batch;
}

struct Fixture {
  base::ManualClock clock{k_start};
  store::Opened opened = store::open_memory(clock);
  store::Store store{std::move(opened.engine)};

  store::Turn publish(std::vector<model::Event> events, std::string key = {}) {
    std::vector<store::Asked> asked;
    asked.emplace_back(store::Publish{{0, 1}, std::move(events), std::move(key)});
    return store.turn(std::move(asked));
  }
  void change(store::Presence presence, std::vector<Kind> kinds, std::vector<model::Topic> topics) {
    std::vector<store::Asked> asked;
    asked.emplace_back(store::AudienceChange{presence, std::move(kinds), std::move(topics)});
    store.turn(std::move(asked));
  }
};

TEST_CASE_FIXTURE(Fixture,
                  "ids rise strictly within a millisecond, across turns, and when the clock is set back") {
  std::vector<sse::EventId> ids{opened.held.origin};
  const auto take = [&](const store::Turn& turn) {
    for (const auto& frame : batch_of(turn)) ids.push_back(frame->id);
  };
  take(publish({event("A"), event("B"), event("A")}));
  clock.advance(std::chrono::milliseconds(2));
  take(publish({event("A")}));
  clock.set_wall(k_start - std::chrono::hours(1));
  take(publish({event("A"), event("A")}));
  clock.set_wall(k_start + std::chrono::hours(1));
  take(publish({event("A")}));
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
  CHECK(ids.back() == sse::EventId{1'700'003'600'000, 0});
}

TEST_CASE_FIXTURE(Fixture, "an answer names its own last event, however many publishes share the turn") {
  std::vector<store::Asked> asked;
  asked.emplace_back(store::Publish{{0, 7}, {event("A"), event("B")}, {}});
  asked.emplace_back(store::Publish{{3, 8}, {event("C")}, {}});
  const store::Turn turn = store.turn(std::move(asked));
  const store::Batch batch = batch_of(turn);
  REQUIRE(batch.size() == 3);
  REQUIRE(turn.answers.size() == 2);
  CHECK(turn.answers[0].to.connection == 7);
  CHECK(turn.answers[0].receipt->accepted == 2);
  CHECK(turn.answers[0].receipt->last_id == batch[1]->id);
  CHECK(turn.answers[1].to.shard == 3);
  CHECK(turn.answers[1].receipt->last_id == batch[2]->id);
}

TEST_CASE_FIXTURE(Fixture, "a repeated idempotency key gets the first answer and publishes nothing") {
  const store::Turn first = publish({event("A")}, "key");
  clock.advance(std::chrono::minutes(9));
  const store::Turn again = publish({event("A")}, "key");
  CHECK(batch_of(again).empty());
  CHECK(again.answers[0].receipt->last_id == first.answers[0].receipt->last_id);
  CHECK(batch_of(publish({event("A")}, "other")).size() == 1);
  clock.advance(std::chrono::minutes(2));
  CHECK(batch_of(publish({event("A")}, "key")).size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a key that comes twice in one turn publishes once") {
  std::vector<store::Asked> asked;
  asked.emplace_back(store::Publish{{0, 1}, {event("A")}, "key"});
  asked.emplace_back(store::Publish{{0, 2}, {event("A")}, "key"});
  const store::Turn turn = store.turn(std::move(asked));
  CHECK(batch_of(turn).size() == 1);
  REQUIRE(turn.answers.size() == 2);
  CHECK(turn.answers[0].receipt->last_id == turn.answers[1].receipt->last_id);
}

TEST_CASE_FIXTURE(Fixture, "a publish counts the streams that joined before it, by topic and by kind") {
  change(store::Presence::joined, {}, {{Kind::order, "A"}});
  change(store::Presence::joined, {Kind::order}, {{Kind::run, "A"}});
  CHECK(publish({event("A")}).answers[0].receipt->subscribers == 2);
  CHECK(publish({event("B")}).answers[0].receipt->subscribers == 1);
  change(store::Presence::left, {Kind::order}, {{Kind::run, "A"}});
  CHECK(publish({event("A")}).answers[0].receipt->subscribers == 1);
}

TEST_CASE("a frame holds the chunk, the message and the JSON of one event") {
  const auto frame = store::encode_frame({12, 3}, event("O-1", R"({"a":1e5})"));
  const std::string json = R"({"type":"order_update","orderId":"O-1","data":{"a":1e5}})";
  CHECK(frame->json() == json);
  CHECK(frame->message() == "id: 12-3\ndata: " + json + "\n\n");
  CHECK(frame->chunk() == "49\r\nid: 12-3\ndata: " + json + "\n\n\r\n");
}

}  // namespace
