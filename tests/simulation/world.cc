// SPDX-License-Identifier: MIT
#include "simulation/world.h"

#include "hub/control.h"

namespace rt::simulation {
namespace {

using std::chrono::milliseconds;

constexpr base::WallTime k_start{milliseconds(1'700'000'000'000)};
constexpr milliseconds k_rate_max{500};
const std::vector<model::Topic> k_topics = {
    {model::Kind::order, "A"},  {model::Kind::order, "B"},  {model::Kind::run, "A"},
    {model::Kind::run, "B"},    {model::Kind::run, "C"},    {model::Kind::order, "C"},
    {model::Kind::driver, "A"}, {model::Kind::driver, "B"}, {model::Kind::driver, "C"},
    {model::Kind::driver, "A"}, {model::Kind::driver, "B"}, {model::Kind::driver, "D"}};

hub::ShardLimits random_limits(base::Random& random) {
  hub::ShardLimits limits;
  limits.window.events_max = 3 + random.below(30);
  limits.block_bytes_max = 60 + random.below(600);
  limits.flush_writes_max = 1 + random.below(6);
  if (random.below(5) == 0) limits.topics_max = 3 + random.below(6);
  return limits;
}

SharedEngine* share(store::Opened& opened, const base::Clock& clock) {
  auto shared = std::make_unique<SharedEngine>(clock, opened.held.origin);
  SharedEngine* const engine = shared.get();
  opened.engine = std::move(shared);
  return engine;
}

}  // namespace

World::World(std::uint64_t seed)
    : random_(seed),
      clock_(k_start),
      opened_(store::open_memory(clock_)),
      shared_(random_.below(2) == 0 ? share(opened_, clock_) : nullptr),
      store_(std::move(opened_.engine)),
      busy_topic_(random_.below(k_topics.size())),
      era_began_at_(opened_.held.origin) {
  store_.start([this](store::Arrival arrival) { arrived_.push_back(std::move(arrival)); });
  const hub::ShardLimits limits = random_limits(random_);
  history_.forgets = limits.topics_max < k_topics.size();
  for (int i = 0; i < 2; ++i) stations_.push_back(std::make_unique<Station>(limits, opened_.held.origin));
  for (int i = 0; i < 7; ++i) {
    auto patterns = random_patterns();
    clients_.push_back(std::make_unique<Client>(history_, clock_, std::move(patterns), random_rate()));
  }
  pass_time(milliseconds(0));
}

// One is busier than the others, and has more readers.
const model::Topic& World::random_topic() {
  return k_topics[random_.below(3) == 0 ? busy_topic_ : random_.below(k_topics.size())];
}

std::vector<model::TopicPattern> World::random_patterns() {
  std::vector<model::TopicPattern> patterns;
  for (std::uint64_t i = 0, n = 1 + random_.below(3); i < n; ++i) {
    const model::Topic& topic = random_topic();
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

milliseconds World::random_rate() {
  switch (random_.below(6)) {
    case 0:
      return milliseconds(5);
    case 1:
      return milliseconds(50);
    case 2:
      return k_rate_max;
    default:
      return milliseconds(0);
  }
}

std::string World::run(int steps) {
  for (int i = 0; i < steps; ++i) {
    step();
    for (const auto& client : clients_) {
      if (client->is_dead()) client->cut();
    }
    if (std::string what = complaint(); !what.empty()) return what;
  }
  come_to_rest();
  return complaint();
}

std::string World::complaint() const {
  for (const auto& client : clients_) {
    if (!client->complaint().empty()) return client->complaint();
  }
  return {};
}

void World::step() {
  Station& station = *stations_[random_.below(stations_.size())];
  switch (random_.below(20)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return publish(Fate::kept);
    case 4:
    case 5:
      return deliver(station);
    case 6:
    case 7:
      return station.shard.flush();
    case 8:
      return settle(station);
    case 9:
    case 10:
      return pass_time(milliseconds(random_.below(random_.below(3) == 0 ? 300 : 3)));
    case 11:
      return disturb(station);
    default:
      return step_of_client(*clients_[random_.below(clients_.size())]);
  }
}

void World::step_of_client(Client& client) {
  if (!client.connected()) return connect(client);
  switch (random_.below(10)) {
    case 0:
    case 1:
      client.set_room(random_.below(400));
      if (client.blocked()) client.shard().on_writable(client.subscriber());
      return;
    case 2:
    case 3:
    case 4:
      client.set_room(100'000);
      if (client.blocked()) client.shard().on_writable(client.subscriber());
      return;
    case 5:
      return client.cut();
    case 6:
      if (random_.below(4) == 0) client.end();
      return;
    case 7:
      if (random_.below(4) == 0) client.reset();
      return;
    case 8:
      return client.shard().say(client.subscriber(), hub::token_expiring_message(std::chrono::seconds(30)));
    default:
      return client.shard().heartbeat(client.subscriber());
  }
}

// What an operator, the calendar or want of memory do.
void World::disturb(Station& station) {
  if (random_.below(10) == 0) clock_.set_wall(clock_.wall() - std::chrono::seconds(5));
  if (random_.below(10) == 0) clock_.set_wall(clock_.wall() + std::chrono::hours(1));
  if (random_.below(10) == 0 && !history_.log.empty())
    station.shard.expire(history_.log[random_.below(history_.log.size())].point.id.ms);
  if (random_.below(40) == 0) {
    history_.forgets = true;
    station.shard.halve();
  }
  if (random_.below(10) == 0) pass_time(std::chrono::seconds(2));
  if (shared_ && random_.below(4) == 0) cut_store();
}

// Flushed or trimmed, its ids go on from above; from below where it lost its tail, and then they may come to
// the lost ones again.
void World::cut_store() {
  for (std::uint64_t n = random_.below(3); n > 0; --n) publish(Fate::lost);
  sse::EventId position = shared_->last();
  sse::EventId given = history_.given_before.back();
  std::vector<sse::EventId> recent;
  for (const Logged& event : history_.log) {
    if (event.point.era != history_.era()) continue;
    recent.push_back(event.point.id);
    if (!event.lost) given = std::max(given, event.point.id);
  }
  given = std::max(given, era_began_at_);
  if (recent.size() > 12) recent.erase(recent.begin(), recent.end() - 12);
  switch (random_.below(5)) {
    case 0:
      position = {position.ms + random_.below(3), position.n + 1 + random_.below(3)};
      break;
    case 1:
      position = {};
      break;
    default:
      position = recent.empty() ? era_began_at_ : recent[random_.below(recent.size())];
      if (position.ms > 0 && random_.below(3) != 0)
        clock_.set_wall(base::WallTime(milliseconds(position.ms)));
  }
  history_.given_before.push_back(given);
  era_began_at_ = position;
  shared_->cut(position);
  if (random_.below(2) == 0) return publish(Fate::kept);
  post(std::exchange(arrived_, {}));
}

void World::publish(Fate fate) {
  std::vector<store::Asked> asked;
  const std::size_t first = history_.log.size();
  for (std::uint64_t publish = 0, publishes = 1 + random_.below(2); publish < publishes; ++publish) {
    store::Publish one;
    for (std::uint64_t i = 0, n = 1 + random_.below(3); i < n; ++i) {
      const model::Topic& topic = random_topic();
      const std::string payload =
          "{\"n\":" + std::to_string(history_.log.size()) + std::string(random_.below(60), ' ') + '}';
      one.events.push_back({topic, payload, {}});
      history_.log.push_back({{history_.era(), {}}, topic, payload, clock_.steady(), fate == Fate::lost});
    }
    asked.emplace_back(std::move(one));
  }
  store::Turn turn = store_.turn(std::move(asked));
  if (shared_) turn.arrivals = std::exchange(arrived_, {});
  const store::Batch& batch = turn.arrivals.back().batch;
  for (std::size_t i = 0; i < batch.size(); ++i) history_.log[first + i].point.id = batch[i]->id;
  if (fate == Fate::kept) post(std::move(turn.arrivals));
}

void World::post(std::vector<store::Arrival> arrivals) {
  if (shared_) {
    std::vector<store::Asked> asked;
    for (store::Arrival& arrival : arrivals) asked.emplace_back(std::move(arrival));
    arrivals = store_.turn(std::move(asked)).arrivals;
  }
  for (const store::Arrival& arrival : arrivals) {
    for (const auto& station : stations_) station->mail.push_back({clock_.steady(), arrival});
  }
}

void World::deliver(Station& station) {
  if (station.mail.empty()) return;
  const store::Arrival& arrival = station.mail.front().arrival;
  if (arrival.cut) {
    station.shard.cut(*arrival.cut);
    ++station.era;
    station.cut_at = clock_.steady();
  }
  station.shard.apply(arrival.batch);
  station.mail.pop_front();
}

void World::pass_time(milliseconds by) {
  for (const auto& station : stations_) {
    while (!station->mail.empty() && station->mail.front().sent + k_mail_lag_max < clock_.steady() + by)
      deliver(*station);
  }
  clock_.advance(by);
  for (const auto& station : stations_) {
    station->shard.set_time(clock_.steady());
    if (random_.below(2) == 0) station->shard.wake_due();
  }
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
  const hub::Form form{random_.below(2) == 0 ? hub::Framing::plain : hub::Framing::chunked,
                       random_.below(4) == 0 ? hub::EventNames::types : hub::EventNames::none,
                       random_.below(3) == 0 ? hub::Coding::gzip : hub::Coding::identity};
  client.connect(station, id, form, random_.below(4) == 0 ? hub::Snapshot::omit : hub::Snapshot::send);
}

void World::settle(Station& station) {
  station.shard.wake_due();
  while (station.shard.has_work()) station.shard.flush();
  for (const auto& client : clients_) {
    if (client->connected() && &client->shard() == &station.shard && !client->blocked())
      client->check(Client::Held::allowed);
  }
}

void World::come_to_rest() {
  for (const auto& station : stations_) {
    while (!station->mail.empty()) deliver(*station);
  }
  for (const auto& client : clients_) {
    client->set_room(10'000'000);
    if (client->blocked()) client->shard().on_writable(client->subscriber());
  }
  for (const auto& station : stations_) settle(*station);
  pass_time(k_rate_max);
  for (const auto& station : stations_) settle(*station);
  for (const auto& client : clients_) client->check(Client::Held::none);
}

}  // namespace rt::simulation
