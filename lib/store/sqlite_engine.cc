// SPDX-License-Identifier: MIT
#include "store/sqlite_engine.h"

#include <algorithm>

#include "base/log.h"

namespace rt::store {

namespace {

std::uint64_t unix_ms(base::WallTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

}  // namespace

SqliteEngine::SqliteEngine(FileLock lock, SqliteDatabase database, const Retention& retention,
                           const base::Clock& clock)
    : lock_(std::move(lock)), database_(std::move(database)), retention_(retention), clock_(clock) {}

// --- appending

Engine::Appended SqliteEngine::append(std::vector<Entry> entries) {
  Appended appended;
  Addition addition{last_, receipt_seq_, {}};
  std::vector<bool> is_known(entries.size());
  const base::SteadyTime now = clock_.steady();
  bool well = true;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& key = entries[i].idempotency_key;
    if (const Receipt* known = key.empty() ? nullptr : idempotency_.find(key, now)) {
      appended.receipts.emplace_back(*known);
      is_known[i] = true;
      continue;
    }
    Receipt receipt;
    if (well && !database_.in_transaction()) well = begin_.run();
    well = well && add(entries[i], addition, receipt);
    appended.receipts.emplace_back(receipt);
  }
  const bool is_new = std::ranges::find(is_known, false) != is_known.end();
  if (!is_new) return appended;
  if (commit(well)) {
    take_over(entries, is_known, addition, appended);
    return appended;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!is_known[i]) appended.receipts[i] = base::fail(base::ErrorKind::unavailable, trouble_.load());
  }
  return appended;
}

bool SqliteEngine::add(const Entry& entry, Addition& addition, Receipt& receipt) {
  const std::uint64_t now_ms = unix_ms(clock_.wall());
  for (const model::Event& event : entry.events) {
    addition.last = {addition.last.seq + 1, next_id(addition.last.id, now_ms)};
    const Place& place = addition.last;
    const std::string_view kind = model::resource_of(event.topic.kind).singular;
    insert_event_.bind(1, place.seq).bind(2, place.id.ms).bind(3, place.id.n);
    insert_event_.bind_text(4, kind).bind_text(5, event.topic.id);
    insert_event_.bind_text(6, event.payload).bind_text(7, event.timestamp);
    const std::uint64_t crc = row_checksum(place, kind, event.topic.id, event.payload, event.timestamp);
    if (!insert_event_.bind(8, crc).run()) return false;
    addition.ids.push_back(place.id);
  }
  receipt = {entry.events.size(), addition.last.id, entry.subscribers};
  return entry.idempotency_key.empty() || add_receipt(entry.idempotency_key, receipt, addition);
}

bool SqliteEngine::add_receipt(const std::string& key, const Receipt& receipt, Addition& addition) {
  const base::WallTime until = clock_.wall() + k_idempotency_kept;
  insert_receipt_.bind(1, ++addition.receipt_seq).bind_blob(2, key).bind(3, unix_ms(until));
  insert_receipt_.bind(4, receipt.accepted).bind(5, receipt.last_id.ms).bind(6, receipt.last_id.n);
  return insert_receipt_.bind(7, receipt.subscribers).run();
}

// True: everything since the begin is on the disk. False: nothing is, and trouble() says why.
bool SqliteEngine::commit(bool all_went_well) {
  if (all_went_well && commit_.run()) {
    recover();
    return true;
  }
  fail();
  return false;
}

void SqliteEngine::take_over(const std::vector<Entry>& entries, const std::vector<bool>& is_known,
                             Addition& addition, Appended& appended) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (is_known[i]) continue;
    if (!entries[i].idempotency_key.empty())
      idempotency_.remember(entries[i].idempotency_key, *appended.receipts[i],
                            clock_.steady() + k_idempotency_kept);
    for (const model::Event& event : entries[i].events) {
      std::uint64_t& newest = newest_[event.topic];
      if (newest != 0 && newest <= floor_.seq) superseded_.push_back(newest);
      newest = ++last_.seq;
      appended.deliver.push_back(encode_frame(addition.ids[at++], event));
    }
  }
  last_ = addition.last;
  receipt_seq_ = addition.receipt_seq;
}

// --- trouble

void SqliteEngine::fail() {
  const char* const fault = database_.fault();
  const std::string detail = database_.detail();
  if (database_.in_transaction()) rollback_.run();
  if (trouble_.exchange(fault) != fault)
    base::log(base::LogLevel::error, "the store cannot take events", {{"why", fault}, {"sqlite", detail}});
}

void SqliteEngine::recover() {
  if (trouble_.exchange(nullptr) != nullptr) base::log(base::LogLevel::info, "the store takes events again");
}

}  // namespace rt::store
