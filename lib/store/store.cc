// SPDX-License-Identifier: MIT
#include "store/store.h"

#include <iterator>
#include <optional>
#include <unordered_map>

namespace rt::store {

// A publish of this turn: its events are [begin, end) of all that are appended.
struct Store::Waiting {
  Address from;
  std::string idempotency_key;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t subscribers = 0;
  std::optional<Receipt> known;  // answered before
};

Turn Store::turn(std::vector<Asked> asked) {
  Turn turn;
  std::vector<model::Event> events;
  std::vector<Waiting> waiting;
  std::unordered_map<std::string, std::size_t> keys_of_turn;  // to the index in `waiting`
  const base::SteadyTime now = clock_.steady();
  for (Asked& one : asked) {
    if (auto* change = std::get_if<AudienceChange>(&one)) {
      audience_.apply(*change);
      continue;
    }
    Publish& publish = std::get<Publish>(one);
    Waiting& entry = waiting.emplace_back();
    entry.from = publish.from;
    if (!publish.idempotency_key.empty()) {
      if (const Receipt* receipt = idempotency_.find(publish.idempotency_key, now)) {
        entry.known = *receipt;
        continue;
      }
      const auto [found, is_new] = keys_of_turn.emplace(publish.idempotency_key, waiting.size() - 1);
      if (!is_new) {
        const Waiting& first = waiting[found->second];
        entry.begin = first.begin;
        entry.end = first.end;
        entry.subscribers = first.subscribers;
        continue;
      }
      entry.idempotency_key = std::move(publish.idempotency_key);
    }
    if (!publish.events.empty()) entry.subscribers = audience_.count(publish.events.back().topic);
    entry.begin = events.size();
    events.insert(events.end(), std::make_move_iterator(publish.events.begin()),
                  std::make_move_iterator(publish.events.end()));
    entry.end = events.size();
  }
  std::vector<sse::EventId> ids;
  base::Result<void> appended;
  if (!events.empty()) appended = engine_->append(std::move(events), ids, turn.batch);
  answer_all(waiting, appended, ids, turn);
  return turn;
}

void Store::answer_all(std::vector<Waiting>& waiting, const base::Result<void>& appended,
                       const std::vector<sse::EventId>& ids, Turn& turn) {
  for (const Waiting& entry : waiting) {
    if (entry.known) {
      turn.answers.push_back({entry.from, *entry.known});
    } else if (!appended) {
      turn.answers.push_back({entry.from, std::unexpected(appended.error())});
    } else {
      Receipt receipt{entry.end - entry.begin, {}, entry.subscribers};
      if (entry.end > entry.begin) receipt.last_id = ids[entry.end - 1];
      if (!entry.idempotency_key.empty())
        idempotency_.remember(entry.idempotency_key, receipt, clock_.steady());
      turn.answers.push_back({entry.from, receipt});
    }
  }
}

}  // namespace rt::store
