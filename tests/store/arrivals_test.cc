// SPDX-License-Identifier: MIT
// The second way out of an engine: events that arrive, as from a store that several instances share. The
// engine here is the smallest that does so.
#include <doctest/doctest.h>

#include <functional>
#include <thread>

#include "net/store_thread.h"
#include "store/open.h"

namespace {

using namespace rt;

model::Event event(const std::string& id) {
  return {{model::Kind::order, id}, "{}", {}};
}

// What the instances share: a log, and who follows it.
struct SharedLog {
  sse::EventId last{1, 0};
  std::vector<std::function<void(store::Arrival)>> followers;

  void append(model::Event one) {
    last = {last.ms + 1, 0};
    const auto frame = store::encode_frame(last, std::move(one));
    for (const auto& follower : followers) follower({{}, {frame}});
  }
  void cut(sse::EventId position) {
    for (const auto& follower : followers) follower({position, {}});
  }
};

class FollowingEngine final : public store::Engine {
 public:
  explicit FollowingEngine(SharedLog& log) : log_(log) {}
  const char* name() const override { return "following"; }
  void start(std::function<void(store::Arrival)> arrive, std::function<store::Census()>) override {
    log_.followers.push_back(std::move(arrive));
  }
  Appended append(std::vector<store::Entry> entries) override {
    Appended appended;
    for (store::Entry& entry : entries) {
      store::Receipt receipt{entry.events.size(), {}, entry.subscribers};
      for (model::Event& one : entry.events) log_.append(std::move(one));
      receipt.last_id = log_.last;
      appended.receipts.emplace_back(receipt);
    }
    return appended;
  }

 private:
  SharedLog& log_;
};

std::string ids(const store::Turn& turn) {
  std::string out;
  for (const store::Arrival& arrival : turn.arrivals) {
    if (arrival.cut) out += "cut " + sse::format_event_id(*arrival.cut) + ' ';
    for (const auto& frame : arrival.batch) out += frame->topic.id + ' ';
  }
  return out;
}

TEST_CASE("what one instance publishes arrives at all, in one order, and is answered once") {
  SharedLog log;
  std::vector<store::Asked> mail[2];
  std::unique_ptr<store::Store> stores[2];
  for (int i = 0; i < 2; ++i) {
    stores[i] = std::make_unique<store::Store>(std::make_unique<FollowingEngine>(log));
    stores[i]->start([&mail, i](store::Arrival arrival) { mail[i].emplace_back(std::move(arrival)); });
  }
  std::vector<store::Asked> asked;
  asked.emplace_back(store::Publish{{0, 7}, {event("A"), event("B")}, {}});
  const store::Turn publishing = stores[0]->turn(std::move(asked));
  CHECK(publishing.arrivals.empty());
  REQUIRE(publishing.answers.size() == 1);
  CHECK(publishing.answers[0].receipt->last_id == log.last);
  asked.clear();
  asked.emplace_back(store::Publish{{0, 8}, {event("C")}, {}});
  CHECK(stores[1]->turn(std::move(asked)).answers.size() == 1);
  for (int i = 0; i < 2; ++i) {
    const store::Turn arriving = stores[i]->turn(std::exchange(mail[i], {}));
    CHECK(ids(arriving) == "A B C ");
    CHECK(arriving.arrivals.size() == 1);
    CHECK(arriving.answers.empty());
  }
}

TEST_CASE("a cut comes between the events before and after it") {
  SharedLog log;
  std::vector<store::Asked> mail;
  store::Store store(std::make_unique<FollowingEngine>(log));
  store.start([&mail](store::Arrival arrival) { mail.emplace_back(std::move(arrival)); });
  log.append(event("A"));
  log.cut({2, 0});
  log.append(event("B"));
  log.append(event("C"));
  CHECK(ids(store.turn(std::exchange(mail, {}))) == "A cut 2-0 B C ");
  log.cut({4, 0});
  CHECK(ids(store.turn(std::exchange(mail, {}))) == "cut 4-0 ");
}

TEST_CASE("what arrives from a thread of the engine's reaches every shard before the answers") {
  class Reading final : public store::Engine {
   public:
    ~Reading() override { reader_.join(); }
    const char* name() const override { return "reading"; }
    void start(std::function<void(store::Arrival)> arrive, std::function<store::Census()>) override {
      reader_ = std::thread([arrive = std::move(arrive)] {
        for (std::uint64_t ms = 1; ms <= 100; ++ms) arrive({{}, {store::encode_frame({ms, 0}, event("A"))}});
        arrive({sse::EventId{100, 0}, {}});
      });
    }
    Appended append(std::vector<store::Entry>) override { return {}; }

   private:
    std::thread reader_;
  };
  net::Mailbox<net::ShardMail> shards[2];
  {
    net::StoreThread thread(std::make_unique<store::Store>(std::make_unique<Reading>()));
    thread.start({&shards[0], &shards[1]});
    for (auto& shard : shards) {
      std::uint64_t last_ms = 0;
      bool is_cut = false;
      const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
      while (!is_cut && std::chrono::steady_clock::now() < until) {
        shard.wait(std::chrono::milliseconds(100));
        for (const net::ShardMail& mail : shard.take()) {
          const auto& arrival = std::get<std::shared_ptr<const store::Arrival>>(mail);
          if (arrival->cut) is_cut = true;
          for (const auto& frame : arrival->batch) CHECK(frame->id.ms == ++last_ms);
        }
      }
      CHECK(is_cut);
      CHECK(last_ms == 100);
    }
  }
}

}  // namespace
