// SPDX-License-Identifier: MIT
#include "store/engine.h"

namespace rt::store {

MemoryEngine::MemoryEngine(const base::Clock& clock)
    : clock_(clock),
      origin_{static_cast<std::uint64_t>(clock.wall().time_since_epoch().count()), 0},
      last_(origin_) {}

base::Result<void> MemoryEngine::append(std::vector<model::Event> events, std::vector<sse::EventId>& ids,
                                        Batch& deliver) {
  const auto now_ms = static_cast<std::uint64_t>(clock_.wall().time_since_epoch().count());
  for (model::Event& event : events) {
    // A clock that was set back does not take the ids with it.
    last_ = now_ms > last_.ms ? sse::EventId{now_ms, 0} : sse::EventId{last_.ms, last_.n + 1};
    ids.push_back(last_);
    deliver.push_back(encode_frame(last_, std::move(event)));
  }
  return {};
}

}  // namespace rt::store
