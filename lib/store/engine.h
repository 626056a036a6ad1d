// SPDX-License-Identifier: MIT
// Engine: the seam behind which events are ordered and kept. The memory engine orders them and keeps nothing
// itself (the shards' windows are its memory); durable engines return only once the events are safe. Called
// by the store's thread alone. Does not know of requests, subscribers or shards (store/store.h does).
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/event.h"
#include "store/frame.h"

namespace rt::store {

class Engine {
 public:
  virtual ~Engine() = default;

  // The position before the first event: what a stream on an empty store starts from.
  virtual sse::EventId origin() const = 0;

  // Gives each event an id above every earlier one and keeps them, all or none. Appends their ids to `ids`
  // and everything that is now to be delivered, in order, to `deliver`. An error leaves the store as it was.
  virtual base::Result<void> append(std::vector<model::Event> events, std::vector<sse::EventId>& ids,
                                    Batch& deliver) = 0;
};

class MemoryEngine final : public Engine {
 public:
  explicit MemoryEngine(const base::Clock& clock);
  sse::EventId origin() const override { return origin_; }
  base::Result<void> append(std::vector<model::Event> events, std::vector<sse::EventId>& ids,
                            Batch& deliver) override;

 private:
  const base::Clock& clock_;
  sse::EventId origin_;
  sse::EventId last_;
};

}  // namespace rt::store
