// SPDX-License-Identifier: MIT
// SharedEngine: a store that several instances share, as one of them sees it: what is appended arrives, and
// the store may be cut, after which ids go on from anywhere.
#pragma once

#include <functional>

#include "base/clock.h"
#include "store/engine.h"

namespace rt::simulation {

class SharedEngine final : public store::Engine {
 public:
  SharedEngine(const base::Clock& clock, sse::EventId origin) : clock_(clock), last_(origin) {}

  const char* name() const override { return "shared"; }
  void start(std::function<void(store::Arrival)> arrive, std::function<store::Census()>) override {
    arrive_ = std::move(arrive);
  }

  Appended append(std::vector<store::Entry> entries) override {
    Appended appended;
    store::Arrival arrival;
    const auto now_ms = static_cast<std::uint64_t>(clock_.wall().time_since_epoch().count());
    for (const store::Entry& entry : entries) {
      for (const model::Event& event : entry.events) {
        last_ = store::next_id(last_, now_ms);
        arrival.batch.push_back(store::encode_frame(last_, event));
      }
      appended.receipts.emplace_back(store::Receipt{entry.events.size(), last_, entry.subscribers});
    }
    arrive_(std::move(arrival));
    return appended;
  }

  void cut(sse::EventId position) {
    last_ = position;
    arrive_({position, {}});
  }
  sse::EventId last() const { return last_; }

 private:
  const base::Clock& clock_;
  sse::EventId last_;
  std::function<void(store::Arrival)> arrive_;
};

}  // namespace rt::simulation
