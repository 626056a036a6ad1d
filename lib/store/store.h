// SPDX-License-Identifier: MIT
// Store: the only place where order is made. It works in turns: all publishes that have come since the last
// turn are appended in one go, become one batch for every shard, and only then are answered; what arrives
// from an engine that is shared with other instances goes the same way. Runs wherever its owner calls turn();
// one thread. Knows no sockets: a publish carries the address its answer goes back to.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "store/audience.h"
#include "store/counts.h"
#include "store/engine.h"

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

// Which topics are followed most. `busiest` is filled, and then answered with an empty receipt.
struct Question {
  Address from;
  std::shared_ptr<std::vector<Followed>> busiest;
};

using Asked = std::variant<Publish, AudienceChange, Arrival, Question>;

struct Answer {
  Address to;
  base::Result<Receipt> receipt;
};

// For every shard what is to be delivered, in order; and then the answers. Without a cut there is at most one
// arrival.
struct Turn {
  std::vector<Arrival> arrivals;
  std::vector<Answer> answers;
};

class Store {
 public:
  explicit Store(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  // Once, before the first turn. What arrives comes back with the next turn().
  void start(std::function<void(Arrival)> arrive, std::function<Census()> census = {}) {
    engine_->start(std::move(arrive), std::move(census));
  }
  // Works through `asked` in its order.
  Turn turn(std::vector<Asked> asked);
  std::chrono::milliseconds tidy() { return engine_->tidy(); }

  // Any thread.
  const char* engine_name() const { return engine_->name(); }
  const char* trouble() const { return engine_->trouble(); }
  std::chrono::milliseconds lag_max() const { return engine_->lag_max(); }
  bool is_cut_off() const { return engine_->is_cut_off(); }
  std::optional<Census> everywhere() const { return engine_->everywhere(); }
  std::uint64_t skipped() const { return engine_->skipped(); }
  const StoreCounts& counts() const { return counts_; }

 private:
  struct Waiting;
  void append(std::vector<Entry> entries, const std::vector<Waiting>& waiting, Turn& turn);

  std::unique_ptr<Engine> engine_;
  Audience audience_;
  StoreCounts counts_;
};

}  // namespace rt::store
