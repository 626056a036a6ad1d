// SPDX-License-Identifier: MIT
// Whoever checks others is checked first: each fault that rtload looks for is put before a Follower, and
// found.
#include "bench/follower.h"

#include <doctest/doctest.h>

namespace {

using namespace rt;
using namespace rt::bench;

constexpr std::uint64_t k_retained = 3;
const Plan k_plan{model::Kind::order, 2, 1, 0};

std::string event(std::uint32_t lane, std::uint32_t seq, bool is_snapshot = false) {
  Plan::Text text = k_plan.line(lane);
  write_stamp(text.json.data() + text.stamp_at, {lane, seq, 0});
  text.json.resize(text.json.size() - 2);  // the brace and the line's end
  return text.json + (is_snapshot ? ",\"snapshot\":true}" : "}");
}

std::string connected(std::string_view resume) {
  return R"({"type":"connected","topics":["orders/*"],"heartbeat":15,"resume":")" + std::string(resume) +
         "\"}";
}

// A follower of both lanes, and a ledger in which they take turns: the event with id N-0 is event (N + 1) / 2
// of lane 1 - N % 2.
struct Scene {
  Scene() {
    for (std::uint32_t n = 1; n <= 10; ++n) ledger.append({n, 0}, 1 - n % 2, (n + 1) / 2);
    ledger.sort();
  }

  void connect(std::string_view resume, std::uint64_t id, std::string_view last_event_id = "") {
    follower.on_connecting(last_event_id);
    say(connected(resume), id);
  }
  void say(std::string json, std::uint64_t id) {
    follower.take({"message", std::move(json), std::to_string(id) + "-0"}, 0);
  }
  // Events with the ids from `first` to `last`, as the ledger has them.
  void deliver(std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t n = first; n <= last; ++n) say(event(1 - n % 2, (n + 1) / 2), n);
  }
  std::uint64_t faults(Fault kind) const { return tally.faults[static_cast<std::size_t>(kind)]; }
  void settle() {
    const std::vector<std::uint32_t> published{5, 5};
    follower.settle(published, &ledger, k_retained, Follower::Snapshots::whole);
  }

  Tally tally;
  Ledger ledger{2};
  Follower follower{k_plan, {}, Follower::Wanted::all, tally};
};

}  // namespace

TEST_CASE("a stream with everything, cut and resumed, has no fault") {
  Scene scene;
  scene.connect("fresh", 2);
  scene.say(event(0, 1, true), 2);
  scene.say(event(1, 1, true), 2);
  scene.deliver(3, 6);
  scene.connect("resumed", 6, "6-0");
  scene.deliver(7, 10);
  scene.settle();
  CHECK(scene.tally.fault_count() == 0);
  CHECK(scene.tally.deliveries == 8);
}

TEST_CASE("a hole without a gap is a loss") {
  Scene scene;
  scene.connect("fresh", 0);
  scene.deliver(1, 4);
  scene.deliver(6, 10);
  scene.settle();
  CHECK(scene.faults(Fault::lost) == 1);
}

TEST_CASE("a missing first or last event is a loss") {
  Scene scene;
  scene.connect("fresh", 2);
  scene.deliver(5, 9);
  scene.settle();
  CHECK(scene.faults(Fault::lost) == 3);  // 3, 4 and 10
}

TEST_CASE("a hole that a gap announced is none, and one event more is") {
  for (const std::uint64_t said : {3, 2, 4}) {
    Scene scene;
    scene.connect("fresh", 0);
    scene.deliver(1, 3);
    scene.say(R"({"type":"gap","missed":)" + std::to_string(said) + R"(,"reason":"slow"})", 6);
    scene.deliver(7, 10);
    scene.settle();
    CHECK((scene.faults(Fault::lost) > 0) == (said < 3));
    CHECK((scene.faults(Fault::false_gap) > 0) == (said > 3));
  }
}

TEST_CASE("an event that comes again is a repeat, and its id goes backwards") {
  Scene scene;
  scene.connect("fresh", 0);
  scene.deliver(1, 4);
  scene.deliver(4, 10);
  scene.settle();
  CHECK(scene.faults(Fault::repeated) == 1);
  CHECK(scene.faults(Fault::backwards) == 1);
}

TEST_CASE("a snapshot that comes twice, or is not the newest, is a fault") {
  Scene scene;
  scene.connect("fresh", 4);
  scene.say(event(0, 1, true), 4);
  scene.say(event(1, 2, true), 4);
  scene.say(event(1, 2, true), 4);
  scene.deliver(5, 10);
  scene.settle();
  CHECK(scene.faults(Fault::repeated) == 1);
  CHECK(scene.faults(Fault::lost) == 1);
}

TEST_CASE("a gap on connecting is true, needless or false by what the server held") {
  struct Row {
    const char* asked;
    std::uint64_t needless;
    std::uint64_t false_gaps;
  };
  // At 10 the server holds 8, 9 and 10. A reader of both lanes that had 6 lacks 7.
  for (const Row& row : {Row{"6-0", 0, 0}, Row{"7-0", 0, 1}, Row{"9-0", 0, 1}}) {
    Scene scene;
    scene.connect("gap", 10, row.asked);
    scene.say(event(0, 5, true), 10);
    scene.say(event(1, 5, true), 10);
    scene.settle();
    CHECK(scene.faults(Fault::false_gap) == row.false_gaps);
    CHECK(scene.tally.needless_gaps == row.needless);
    CHECK(scene.faults(Fault::lost) == 0);
  }
  // One of lane 0 alone (odd ids) that had 5 or less lacks 7; of lane 1 who had 6 lacks nothing.
  Scene scene;
  constexpr std::uint32_t k_topic = 1;
  Follower reader(k_plan, std::span(&k_topic, 1), Follower::Wanted::all, scene.tally);
  reader.on_connecting("6-0");
  reader.take({"message", connected("gap"), "10-0"}, 0);
  reader.take({"message", event(1, 5, true), "10-0"}, 0);
  reader.settle(std::vector<std::uint32_t>{5, 5}, &scene.ledger, k_retained, Follower::Snapshots::whole);
  CHECK(scene.tally.needless_gaps == 1);
  CHECK(scene.tally.fault_count() == 0);
}

TEST_CASE("`connected` without a word about the id that was sent is a fault") {
  Scene scene;
  scene.connect("fresh", 4, "3-0");
  CHECK(scene.faults(Fault::malformed) == 1);
}

TEST_CASE("a plain server needs neither `connected` nor ids, and still must send all, once, in order") {
  const Plan plan{model::Kind::order, 1, 2, 0, "/follow/", "/publish/"};
  CHECK(plan.publish_path(0) == "/publish/B-00000");
  const std::vector<std::uint32_t> published{3, 2};
  const auto faults = [&](std::initializer_list<Stamp> stamps, Fault kind) {
    Tally tally;
    Follower follower(plan, {}, Follower::Wanted::all, tally);
    follower.expect_behind(std::vector<std::uint32_t>{0, 0});
    CHECK_FALSE(follower.is_connected());
    follower.on_head();
    CHECK(follower.is_connected());
    follower.take({"message", R"({"type":"hello"})", "its own:id"}, 0);
    for (const Stamp& stamp : stamps) {
      Plan::Text text = plan.payload(stamp.lane);
      write_stamp(text.json.data() + text.stamp_at, stamp);
      follower.take({"message", text.json, ""}, 0);
    }
    follower.settle(published, nullptr, 0, Follower::Snapshots::whole);
    CHECK(tally.fault_count() == tally.faults[static_cast<std::size_t>(kind)]);
    return tally.fault_count();
  };
  CHECK(faults({{0, 1}, {1, 1}, {0, 2}, {0, 3}, {1, 2}}, Fault::lost) == 0);
  CHECK(faults({{0, 1}, {1, 1}, {0, 3}, {1, 2}}, Fault::lost) == 1);
  CHECK(faults({{0, 1}, {1, 1}, {0, 2}, {0, 3}}, Fault::lost) == 1);
  CHECK(faults({{0, 1}, {0, 1}, {1, 1}, {0, 2}, {0, 3}, {1, 2}}, Fault::repeated) == 1);
  CHECK(faults({{0, 1}, {0, 2}, {0, 3}, {1, 1}, {1, 2}, {0, 2}}, Fault::repeated) == 1);
}
