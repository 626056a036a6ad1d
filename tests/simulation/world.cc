// SPDX-License-Identifier: MIT
#include "simulation/world.h"

namespace rt::simulation {
namespace {

constexpr base::WallTime k_start{std::chrono::milliseconds(1'700'000'000'000)};
const std::vector<model::Topic> k_topics = {{model::Kind::order, "A"}, {model::Kind::order, "B"},
                                            {model::Kind::run, "A"},   {model::Kind::run, "B"},
                                            {model::Kind::run, "C"},   {model::Kind::order, "C"}};

hub::ShardLimits random_limits(base::Random& random) {
  hub::ShardLimits limits;
  limits.window.events_max = 3 + random.below(30);
  limits.block_bytes_max = 60 + random.below(600);
  return limits;
}

}  // namespace

World::World(std::uint64_t seed)
    : random_(seed), clock_(k_start), store_(std::make_unique<store::MemoryEngine>(clock_), clock_) {
  const hub::ShardLimits limits = random_limits(random_);
  for (int i = 0; i < 2; ++i) stations_.push_back(std::make_unique<Station>(limits, store_.origin()));
  for (int i = 0; i < 6; ++i) clients_.push_back(std::make_unique<Client>(log_, random_patterns()));
}

std::vector<model::TopicPattern> World::random_patterns() {
  std::vector<model::TopicPattern> patterns;
  for (std::uint64_t i = 0, n = 1 + random_.below(3); i < n; ++i) {
    const model::Topic& topic = k_topics[random_.below(k_topics.size())];
    switch (random_.below(6)) {
      case 0:
        patterns.push_back({});
        break;
      case 1:
        patterns.push_back({topic.kind, {}});
        break;
      default:
        patterns.push_back(model::pattern_of(topic));
    }
  }
  return patterns;
}

std::string World::run(int steps) {
  for (int i = 0; i < steps; ++i) {
    step();
    if (const std::string what = complaint(); !what.empty()) return what;
  }
  come_to_rest();
  for (const auto& client : clients_) {
    if (const std::string what = client->check_complete(); !what.empty()) return what;
    if (halved_) continue;
    if (const std::string what = client->check_newest(); !what.empty()) return what;
  }
  return {};
}

std::string World::complaint() const {
  for (const auto& client : clients_) {
    if (!client->complaint().empty()) return client->complaint();
  }
  return {};
}

void World::step() {
  Client& client = *clients_[random_.below(clients_.size())];
  Station& station = *stations_[random_.below(stations_.size())];
  switch (random_.below(15)) {
    case 0:
    case 1:
    case 2:
      return publish();
    case 3:
    case 4:
      return deliver(station);
    case 5:
    case 6:
      return station.shard.flush();
    case 7:
      client.set_room(random_.below(400));
      if (client.blocked()) client.shard().on_writable(client.subscriber());
      return;
    case 8:
      client.set_room(100'000);
      if (client.blocked()) client.shard().on_writable(client.subscriber());
      return;
    case 9:
    case 10:
      if (!client.connected()) connect(client);
      return;
    case 11:
      return client.cut();
    case 13:
      if (random_.below(4) == 0) client.end();
      return;
    case 12:
      if (client.connected()) client.shard().heartbeat(client.subscriber());
      return;
    default:
      clock_.advance(std::chrono::milliseconds(random_.below(3)));
      if (random_.below(20) == 0) clock_.set_wall(clock_.wall() - std::chrono::seconds(5));
      if (random_.below(20) == 0)
        station.shard.expire(log_.empty() ? 0 : log_[random_.below(log_.size())].id.ms);
      if (random_.below(40) == 0) {
        station.shard.halve();
        halved_ = true;
      }
  }
}

void World::publish() {
  std::vector<store::Asked> asked;
  std::vector<Logged> expected;
  for (std::uint64_t publish = 0, publishes = 1 + random_.below(2); publish < publishes; ++publish) {
    store::Publish one;
    for (std::uint64_t i = 0, n = 1 + random_.below(3); i < n; ++i) {
      const model::Topic& topic = k_topics[random_.below(k_topics.size())];
      const std::string payload =
          "{\"n\":" + std::to_string(payloads_++) + std::string(random_.below(60), ' ') + '}';
      one.events.push_back({topic, payload, {}});
      expected.push_back({{}, topic, payload});
    }
    asked.emplace_back(std::move(one));
  }
  store::Turn turn = store_.turn(std::move(asked));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i].id = turn.batch[i]->id;
    log_.push_back(expected[i]);
  }
  for (const auto& station : stations_) station->mail.push_back(turn.batch);
}

void World::deliver(Station& station) {
  if (station.mail.empty()) return;
  station.shard.apply(station.mail.front());
  station.mail.pop_front();
}

void World::connect(Client& client) {
  Station& station = *stations_[random_.below(stations_.size())];
  std::optional<std::string> id;
  const std::uint64_t choice = random_.below(10);
  if (choice == 0) id = "1-0";
  if (choice == 1) id = "not an id";
  if (choice == 2) id = "9999999999999-0";
  if (choice > 3 && !client.last_event_id().empty()) id = client.last_event_id();
  // As net does: a resume waits for the mail that is already on its way.
  if (id) {
    while (!station.mail.empty()) deliver(station);
  }
  const auto framing = random_.below(2) == 0 ? hub::Framing::plain : hub::Framing::chunked;
  client.connect(station.shard, id, framing,
                 random_.below(4) == 0 ? hub::Snapshot::omit : hub::Snapshot::send);
}

void World::come_to_rest() {
  for (const auto& station : stations_) {
    while (!station->mail.empty()) deliver(*station);
  }
  for (const auto& client : clients_) {
    client->set_room(10'000'000);
    if (client->blocked()) client->shard().on_writable(client->subscriber());
  }
  for (const auto& station : stations_) {
    while (station->shard.has_work()) station->shard.flush();
  }
}

}  // namespace rt::simulation
