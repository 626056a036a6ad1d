// SPDX-License-Identifier: MIT
// World: a store, two shards and some clients on one thread, moved step by step by a seeded random choice:
// publishes, late mail, short writes, resets, cuts, resumes here and there, heartbeats, a clock that jumps.
// Equal seeds give equal runs.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "simulation/client.h"
#include "simulation/history.h"
#include "store/store.h"

namespace rt::simulation {

class World {
 public:
  explicit World(std::uint64_t seed);
  // Takes `steps` steps, lets everything come to rest, and returns the first complaint, or empty.
  std::string run(int steps);

 private:
  struct Letter {
    base::SteadyTime sent;
    store::Batch batch;
  };
  struct Station {  // a shard and what the store has posted to it
    explicit Station(const hub::ShardLimits& limits, sse::EventId origin) : shard(limits, origin) {}
    hub::Shard shard;
    std::deque<Letter> mail;
  };

  void step();
  void step_of_client(Client& client);
  void publish();
  void connect(Client& client);
  void deliver(Station& station);
  void pass_time(std::chrono::milliseconds by);
  void disturb(Station& station);
  // Writes all that there is to write, and holds everybody who has room for it to account.
  void settle(Station& station);
  void come_to_rest();
  std::string complaint() const;
  const model::Topic& random_topic();
  std::vector<model::TopicPattern> random_patterns();
  std::chrono::milliseconds random_rate();

  base::Random random_;
  base::ManualClock clock_;
  store::Store store_;
  std::size_t busy_topic_;
  History history_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace rt::simulation
