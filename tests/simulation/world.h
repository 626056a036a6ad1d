// SPDX-License-Identifier: MIT
// World: a store, two shards and some clients on one thread, moved step by step by a seeded random choice:
// publishes, late mail, short writes, resets, lost connections, resumes here and there, heartbeats, a clock
// that jumps, and in every other world a store that is cut. Equal seeds give equal runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "simulation/client.h"
#include "simulation/history.h"
#include "simulation/shared_engine.h"
#include "simulation/station.h"
#include "store/open.h"
#include "store/store.h"

namespace rt::simulation {

class World {
 public:
  explicit World(std::uint64_t seed);
  // Takes `steps` steps, lets everything come to rest, and returns the first complaint, or empty.
  std::string run(int steps);

 private:
  void step();
  void step_of_client(Client& client);
  enum class Fate { kept, lost };
  void publish(Fate fate);
  void cut_store();
  void post(std::vector<store::Arrival> arrivals);
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
  store::Opened opened_;
  SharedEngine* shared_;  // null: the store is of this process alone, and is not cut
  store::Store store_;
  std::vector<store::Arrival> arrived_;
  std::size_t busy_topic_;
  History history_;
  sse::EventId era_began_at_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace rt::simulation
