// SPDX-License-Identifier: MIT
// SqliteEngine: events in an SQLite database, one commit for each turn, acknowledged when the disk has it.
// This process alone writes to it (a lock beside the file); others may read it meanwhile. What is written
// goes to the write-ahead log with one fsync; copying it into the database, and forgetting what is past the
// retention, is done in small pieces between turns. The tables are in store/sqlite_schema.h.
//
// Store's thread, but trouble().
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "store/file_lock.h"
#include "store/idempotency.h"
#include "store/open.h"
#include "store/sqlite_recall.h"

namespace rt::store {

class SqliteEngine final : public Engine {
 public:
  static base::Result<Opened> open(const std::string& path, const Retention& retention,
                                   const base::Clock& clock);

  const char* name() const override { return "sqlite"; }
  Appended append(std::vector<Entry> entries) override;
  std::chrono::milliseconds tidy() override;
  const char* trouble() const override { return trouble_; }

 private:
  // What one commit adds, until it is known to be one.
  struct Addition {
    Place last;
    std::uint64_t receipt_seq = 0;
    std::vector<sse::EventId> ids;
  };
  struct Due {
    Place place;
    model::Topic topic;
  };

  SqliteEngine(FileLock lock, SqliteDatabase database, const Retention& retention, const base::Clock& clock);
  bool prepare();
  bool recall_receipts();

  bool add(const Entry& entry, Addition& addition, Receipt& receipt);
  bool add_receipt(const std::string& key, const Receipt& receipt, Addition& addition);
  bool commit(bool all_went_well);
  void take_over(const std::vector<Entry>& entries, const std::vector<bool>& is_known, Addition& addition,
                 Appended& appended);

  std::vector<Due> due_events();
  std::uint64_t due_receipts();
  std::vector<Due> too_quiet();
  bool forget(bool is_trial);
  bool remove(const std::vector<std::uint64_t>& seqs);

  void fail();
  void recover();

  FileLock lock_;  // outlives the connection
  SqliteDatabase database_;
  Retention retention_;
  const base::Clock& clock_;

  Place last_;
  Place floor_;
  std::unordered_map<model::Topic, std::uint64_t> newest_;  // of each topic, the seq
  std::vector<std::uint64_t> superseded_;                   // below the floor, and not the newest any more
  std::uint64_t quiet_ = 0;                                 // rows below the floor
  std::uint64_t receipt_seq_ = 0;
  Idempotency idempotency_;
  std::atomic<const char*> trouble_{nullptr};

  SqliteStatement begin_, commit_, rollback_;
  SqliteStatement insert_event_, insert_receipt_, delete_event_, delete_receipts_, move_floor_;
  SqliteStatement oldest_events_, oldest_quiet_, oldest_receipts_;
};

}  // namespace rt::store
