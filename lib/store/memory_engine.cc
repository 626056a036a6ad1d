// SPDX-License-Identifier: MIT
#include "store/memory_engine.h"

#include "store/open.h"

namespace rt::store {

Opened open_memory(const base::Clock& clock) {
  const sse::EventId origin{static_cast<std::uint64_t>(clock.wall().time_since_epoch().count()), 0};
  return {std::make_unique<MemoryEngine>(clock, origin), {origin, {}, {}}};
}

Engine::Appended MemoryEngine::append(std::vector<Entry> entries) {
  Appended appended;
  appended.receipts.reserve(entries.size());
  appended.deliver.reserve(entries.size());
  const auto now_ms = static_cast<std::uint64_t>(clock_.wall().time_since_epoch().count());
  const base::SteadyTime now = clock_.steady();
  for (const Entry& entry : entries) {
    const bool has_key = !entry.idempotency_key.empty();
    if (const Receipt* known = has_key ? idempotency_.find(entry.idempotency_key, now) : nullptr) {
      appended.receipts.emplace_back(*known);
      continue;
    }
    Receipt receipt{entry.events.size(), {}, entry.subscribers};
    for (const model::Event& event : entry.events) {
      last_ = next_id(last_, now_ms);
      appended.deliver.push_back(encode_frame(last_, event));
    }
    receipt.last_id = last_;
    if (has_key) idempotency_.remember(entry.idempotency_key, receipt, now + k_idempotency_kept);
    appended.receipts.emplace_back(receipt);
  }
  return appended;
}

}  // namespace rt::store
