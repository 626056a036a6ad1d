// SPDX-License-Identifier: MIT
// MemoryEngine: orders events and keeps nothing itself; the shards' windows are its memory. A store begins
// anew with each start of the program. Store's thread.
#pragma once

#include "base/clock.h"
#include "store/idempotency.h"

namespace rt::store {

class MemoryEngine final : public Engine {
 public:
  MemoryEngine(const base::Clock& clock, sse::EventId origin) : clock_(clock), last_(origin) {}
  const char* name() const override { return "memory"; }
  Appended append(std::vector<Entry> entries) override;

 private:
  const base::Clock& clock_;
  sse::EventId last_;
  Idempotency idempotency_;
};

}  // namespace rt::store
