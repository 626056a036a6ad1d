// SPDX-License-Identifier: MIT
// Store: the only place where order is made. It works in turns: all publishes that have come since the last
// turn are appended in one go, become one batch for every shard, and only then are answered. Runs wherever
// its owner calls turn(); one thread. Knows no sockets: a publish carries the address its answer goes back
// to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "store/audience.h"
#include "store/engine.h"
#include "store/idempotency.h"

namespace rt::store {

// Who waits for an answer: a connection of a shard.
struct Address {
  std::uint32_t shard = 0;
  std::uint64_t connection = 0;
};

struct Publish {
  Address from;
  std::vector<model::Event> events;
  std::string idempotency_key;  // empty: none. Scoped by the caller, so that users do not share keys.
};

using Asked = std::variant<Publish, AudienceChange>;

struct Answer {
  Address to;
  base::Result<Receipt> receipt;
};

struct Turn {
  Batch batch;
  std::vector<Answer> answers;
};

class Store {
 public:
  // `clock` must outlive the store.
  Store(std::unique_ptr<Engine> engine, const base::Clock& clock)
      : engine_(std::move(engine)), clock_(clock) {}

  sse::EventId origin() const { return engine_->origin(); }
  // Works through `asked` in its order.
  Turn turn(std::vector<Asked> asked);

 private:
  struct Waiting;
  void answer_all(std::vector<Waiting>& waiting, const base::Result<void>& appended,
                  const std::vector<sse::EventId>& ids, Turn& turn);

  std::unique_ptr<Engine> engine_;
  const base::Clock& clock_;
  Audience audience_;
  Idempotency idempotency_;
};

}  // namespace rt::store
