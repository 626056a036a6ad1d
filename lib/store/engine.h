// SPDX-License-Identifier: MIT
// Engine: the seam behind which events are ordered and kept. It has a life in four parts: opened
// (store/open.h), which gives what the store held; started; then, from the store's thread alone, append() for
// each turn and tidy() in between; destroyed. There are two ways in which events come out of it, and an
// engine chooses one:
//
// - append() gives back what is to be delivered: memory, SQLite. Only this process writes to the store.
// - they arrive: an engine that shares its store with other instances delivers nothing from append(), and
// hands
//   everything, also what this instance appended, to the function that start() was given, so that every
//   instance sees one order.
//
// An engine waits for what it needs, but not for long: append() says no within a quarter of a second or so
// rather than keep publishers hanging, and trouble() says why. It recovers by itself. It does not know of
// requests, subscribers or shards (store/store.h does).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/event.h"
#include "store/census.h"
#include "store/frame.h"

namespace rt::store {

// What one request publishes; kept whole or not at all.
struct Entry {
  std::vector<model::Event> events;
  std::string idempotency_key;    // empty: none
  std::uint64_t subscribers = 0;  // for the receipt
};

// The answer to a publish. With a key it is remembered (store/idempotency.h), as durably as the events.
struct Receipt {
  std::uint64_t accepted = 0;
  sse::EventId last_id;           // of the last accepted event; meaningless when none was
  std::uint64_t subscribers = 0;  // of the last event's topic
};

// What a store held when it was opened.
struct Recollection {
  sse::EventId origin;  // the position before the first of `recent`; of an empty store, the one it begins at
  Batch newest;         // of each topic without an event in `recent`, the newest; oldest first, bounded
  Batch recent;         // every event after `origin`, in order, as far as the retention goes
};

// Events that came out of a store, in its order. After a cut some may be missing before them: the store was
// flushed, trimmed ahead of this instance, or lost its tail. What follows goes on from the position `cut`,
// and whoever reads is told of a gap.
struct Arrival {
  std::optional<sse::EventId> cut;
  Batch batch;
};

class Engine {
 public:
  struct Appended {
    std::vector<base::Result<Receipt>> receipts;  // one for each entry
    Batch deliver;
  };

  // Ends the engine's threads; nothing arrives afterwards.
  virtual ~Engine() = default;

  // "memory", "sqlite": for logs and metrics.
  virtual const char* name() const = 0;

  // Once, before the first append(). `arrive` may be called from a thread of the engine's. `census` counts
  // who listens to this instance, for an engine that tells the others; it may be empty.
  virtual void start([[maybe_unused]] std::function<void(Arrival)> arrive,
                     [[maybe_unused]] std::function<Census()> census) {}

  // Gives each event an id above every earlier one and keeps it, all entries in one commit: what has a
  // receipt is as safe as this engine makes it. An entry whose key is remembered gets the first receipt, and
  // adds nothing. No key comes twice in `entries`. What has no receipt leaves the store as it was, as far as
  // one can know.
  virtual Appended append(std::vector<Entry> entries) = 0;

  // Forgets what is past the retention, and sees whether trouble is over: a small piece of work. Returns
  // after what time it wants to be called again; 0 is after the next turn.
  virtual std::chrono::milliseconds tidy() { return std::chrono::hours(1); }

  // Null when it can take a write; else why not, a phrase that lives as long as the program ("the disk is
  // full"). Any thread.
  virtual const char* trouble() const { return nullptr; }

  // An event that another instance has delivered arrives here, too, within this time, or is_cut_off() by
  // then: then it arrives one day. 0: there is no other instance. Any thread.
  virtual std::chrono::milliseconds lag_max() const { return {}; }
  virtual bool is_cut_off() const { return false; }

  // Who listens to all instances that share the store, as of a second or two ago; nothing when it is not
  // shared. While there is trouble it may be long past. Any thread.
  virtual std::optional<Census> everywhere() const { return std::nullopt; }
  // Entries that other programs wrote and that were no events. Any thread.
  virtual std::uint64_t skipped() const { return 0; }
};

}  // namespace rt::store
