// SPDX-License-Identifier: MIT
#include "store/store.h"

#include <iterator>
#include <unordered_map>

namespace rt::store {

namespace {

// Where there is no cut in between, batches become one.
void add_arrival(std::vector<Arrival>& arrivals, Arrival arrival) {
  if (arrivals.empty() || arrival.cut) {
    if (arrival.cut || !arrival.batch.empty()) arrivals.push_back(std::move(arrival));
    return;
  }
  Batch& batch = arrivals.back().batch;
  batch.insert(batch.end(), std::make_move_iterator(arrival.batch.begin()),
               std::make_move_iterator(arrival.batch.end()));
}

}  // namespace

// A publish of this turn, and which of the entries it is.
struct Store::Waiting {
  Address from;
  std::size_t entry = 0;
};

Turn Store::turn(std::vector<Asked> asked) {
  Turn turn;
  std::vector<Entry> entries;
  std::vector<Waiting> waiting;
  entries.reserve(asked.size());
  waiting.reserve(asked.size());
  std::unordered_map<std::string, std::size_t> keys_of_turn;  // to the entry
  for (Asked& one : asked) {
    if (auto* change = std::get_if<AudienceChange>(&one)) {
      audience_.apply(*change);
      continue;
    }
    if (auto* arrival = std::get_if<Arrival>(&one)) {
      add_arrival(turn.arrivals, std::move(*arrival));
      continue;
    }
    if (const auto* question = std::get_if<Question>(&one)) {
      *question->busiest = audience_.busiest();
      turn.answers.push_back({question->from, Receipt{}});
      continue;
    }
    Publish& publish = std::get<Publish>(one);
    std::size_t entry = entries.size();
    if (!publish.idempotency_key.empty())
      entry = keys_of_turn.emplace(publish.idempotency_key, entry).first->second;
    waiting.push_back({publish.from, entry});
    if (entry < entries.size()) continue;  // the same request, twice in this turn
    const std::uint64_t subscribers =
        publish.events.empty() ? 0 : audience_.count(publish.events.back().topic);
    entries.push_back({std::move(publish.events), std::move(publish.idempotency_key), subscribers});
  }
  if (!entries.empty()) append(std::move(entries), waiting, turn);
  return turn;
}

void Store::append(std::vector<Entry> entries, const std::vector<Waiting>& waiting, Turn& turn) {
  const auto begin = std::chrono::steady_clock::now();
  Engine::Appended appended = engine_->append(std::move(entries));
  counts_.commits.add(std::chrono::steady_clock::now() - begin);
  add_arrival(turn.arrivals, {{}, std::move(appended.deliver)});
  turn.answers.reserve(turn.answers.size() + waiting.size());
  for (const Waiting& one : waiting) {
    const base::Result<Receipt>& receipt = appended.receipts[one.entry];
    if (!receipt) counts_.failures.fetch_add(1, std::memory_order_relaxed);
    turn.answers.push_back({one.from, receipt});
  }
}

}  // namespace rt::store
