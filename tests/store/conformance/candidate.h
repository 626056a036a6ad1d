// SPDX-License-Identifier: MIT
// Candidate: an engine as the conformance suite sees it: a place where a store can be opened, closed and
// opened again. Each engine has a type of its own; one that joins adds it to RT_EACH_ENGINE in
// conformance_test.cc. Session: a store on a candidate, with what a test asks of it. Everything on the test's
// thread, but arrivals.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/mailbox.h"
#include "store/open.h"
#include "store/store.h"

namespace rt::conformance {

class Candidate {
 public:
  virtual ~Candidate() = default;
  virtual base::Result<store::Opened> open(const store::Retention& retention, const base::Clock& clock) = 0;
  // Is what was acknowledged there after a restart?
  virtual bool is_durable() const = 0;
  // Does it keep each topic's newest event beyond the retention?
  virtual bool keeps_newest() const { return is_durable(); }
  // Does it forget by the clock that it was given? If not, by its own.
  virtual bool has_our_clock() const { return true; }
  // Lets time go by, for the clock and for what the engine remembers.
  virtual void pass(base::ManualClock& clock, std::chrono::milliseconds time) { clock.advance(time); }
  // Takes from the engine what it needs to take a write; false when there is nothing to take.
  virtual bool obstruct() { return false; }
  virtual void clear_way() {}
};

class MemoryCandidate final : public Candidate {
 public:
  base::Result<store::Opened> open(const store::Retention&, const base::Clock& clock) override {
    return store::open_memory(clock);
  }
  bool is_durable() const override { return false; }
};

class SqliteCandidate : public Candidate {
 public:
  SqliteCandidate();
  ~SqliteCandidate() override;
  base::Result<store::Opened> open(const store::Retention& retention, const base::Clock& clock) override {
    return store::open_sqlite(path(), retention, clock);
  }
  bool is_durable() const override { return true; }
  // The file may not grow: what a full disk is, without one.
  bool obstruct() override;
  void clear_way() override;
  std::string path() const { return folder_ / "events.db"; }

 private:
  std::filesystem::path folder_;
};

struct Published {
  std::vector<base::Result<store::Receipt>> receipts;
  store::Batch batch;  // what came of it, and of others meanwhile
};

class Session {
 public:
  Session(Candidate& candidate, const store::Retention& retention, const base::Clock& clock);

  // All in one turn. Waits for as many events as the receipts say are new to the store.
  Published publish(std::vector<store::Publish> publishes, std::size_t events_expected);
  Published publish(std::vector<model::Event> events, std::string key = {});
  // Until the engine has nothing left to forget.
  void tidy();
  store::Store& store() { return *store_; }
  const store::Recollection& held() const { return held_; }

 private:
  net::Mailbox<store::Asked> mailbox_;
  store::Recollection held_;
  std::unique_ptr<store::Store> store_;
};

model::Event order(const std::string& id, const std::string& payload = "{}");

}  // namespace rt::conformance
