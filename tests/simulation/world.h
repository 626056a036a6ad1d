// SPDX-License-Identifier: MIT
// World: a store, two shards and some clients on one thread, moved step by step by a seeded random choice:
// publishes, late mail, short writes, cuts, resumes here and there, heartbeats, a clock that jumps. Equal
// seeds give equal runs.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "simulation/client.h"
#include "store/store.h"

namespace rt::simulation {

class World {
 public:
  explicit World(std::uint64_t seed);
  // Takes `steps` steps, lets everything come to rest, and returns the first complaint, or empty.
  std::string run(int steps);

 private:
  struct Station {  // a shard and what the store has posted to it
    explicit Station(const hub::ShardLimits& limits, sse::EventId origin) : shard(limits, origin) {}
    hub::Shard shard;
    std::deque<store::Batch> mail;
  };

  void step();
  void publish();
  void connect(Client& client);
  void deliver(Station& station);
  void come_to_rest();
  std::string complaint() const;
  std::vector<model::TopicPattern> random_patterns();

  base::Random random_;
  base::ManualClock clock_;
  store::Store store_;
  Log log_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<std::unique_ptr<Client>> clients_;
  int payloads_ = 0;
  bool halved_ = false;  // a shard has, and forgot topics that nobody read
};

}  // namespace rt::simulation
