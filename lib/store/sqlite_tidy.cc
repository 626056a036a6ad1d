// SPDX-License-Identifier: MIT
// What an SqliteEngine does between turns: it forgets what is past the retention, copies the write-ahead log
// into the database, and sees whether trouble is over. Each call does a bounded piece, so that no publisher
// waits long.
#include "store/sqlite_engine.h"

namespace rt::store {

namespace {

constexpr std::size_t k_piece_rows = 2'000;
// Above this the write-ahead log is copied into the database: 4 MB of pages.
constexpr int k_log_pages_max = 1'000;
constexpr std::chrono::milliseconds k_interval{1'000};

}  // namespace

std::chrono::milliseconds SqliteEngine::tidy() {
  const bool is_troubled = trouble_ != nullptr;
  // Pages that are copied make room in the log, where the disk has none.
  if (is_troubled || database_.log_pages() > k_log_pages_max) database_.checkpoint();
  const bool is_more = forget(is_troubled);
  return is_more ? std::chrono::milliseconds(0) : k_interval;
}

// Is there more to forget? `is_trial`: commits in any case, which shows whether that is possible again.
bool SqliteEngine::forget(bool is_trial) {
  const std::vector<Due> due = due_events();
  const std::vector<Due> quiet = too_quiet();
  const std::uint64_t receipts = due_receipts();
  std::vector<std::uint64_t> gone;
  std::uint64_t kept = 0;
  Place floor = floor_;
  for (const Due& event : due) {
    floor = event.place;
    const auto newest = newest_.find(event.topic);
    if (newest != newest_.end() && newest->second == event.place.seq) {
      ++kept;
    } else {
      gone.push_back(event.place.seq);
    }
  }
  const std::size_t gone_above = gone.size();
  const std::size_t superseded = std::min(superseded_.size(), k_piece_rows);
  gone.insert(gone.end(), superseded_.end() - static_cast<std::ptrdiff_t>(superseded), superseded_.end());
  for (const Due& event : quiet) gone.push_back(event.place.seq);
  if (!is_trial && due.empty() && gone.empty() && receipts == 0) return false;

  const bool well = begin_.run() && remove(gone) && delete_receipts_.bind(1, receipts).run() &&
                    move_floor_.bind(1, floor.seq).bind(2, floor.id.ms).bind(3, floor.id.n).run();
  if (!commit(well)) return false;
  floor_ = floor;
  superseded_.resize(superseded_.size() - superseded);
  quiet_ = quiet_ + kept - (gone.size() - gone_above);
  for (const Due& event : quiet) {
    const auto found = newest_.find(event.topic);
    if (found != newest_.end() && found->second == event.place.seq) newest_.erase(found);
  }
  return due.size() == k_piece_rows || quiet.size() == k_piece_rows || superseded == k_piece_rows;
}

std::vector<SqliteEngine::Due> SqliteEngine::due_events() {
  std::vector<Due> due;
  const std::int64_t oldest_ms =
      retention_.age.count() == 0 ? 0 : (clock_.wall().time_since_epoch() - retention_.age).count();
  oldest_events_.bind(1, floor_.seq);
  while (due.size() < k_piece_rows && oldest_events_.step() == Step::row) {
    const Place place{oldest_events_.number(0), {oldest_events_.number(1), oldest_events_.number(2)}};
    const bool is_due = place.seq + retention_.events <= last_.seq || oldest_events_.integer(1) < oldest_ms;
    const model::Resource* kind = model::find_by_singular(oldest_events_.text(3));
    if (!is_due || kind == nullptr) break;
    due.push_back({place, {kind->kind, std::string(oldest_events_.text(4))}});
  }
  oldest_events_.reset();
  return due;
}

std::vector<SqliteEngine::Due> SqliteEngine::too_quiet() {
  std::vector<Due> quiet;
  if (quiet_ <= k_quiet_topics_max + superseded_.size()) return quiet;
  const std::size_t wanted =
      std::min<std::size_t>(quiet_ - superseded_.size() - k_quiet_topics_max, k_piece_rows);
  oldest_quiet_.bind(1, floor_.seq);
  while (quiet.size() < wanted && oldest_quiet_.step() == Step::row) {
    const model::Resource* kind = model::find_by_singular(oldest_quiet_.text(1));
    if (kind == nullptr) break;
    Due event{{oldest_quiet_.number(0), {}}, {kind->kind, std::string(oldest_quiet_.text(2))}};
    // Superseded rows are counted, and removed, as such.
    if (const auto found = newest_.find(event.topic);
        found != newest_.end() && found->second == event.place.seq)
      quiet.push_back(std::move(event));
  }
  oldest_quiet_.reset();
  return quiet;
}

// The seq of the last receipt whose time is over, or that is one too many; 0: none.
std::uint64_t SqliteEngine::due_receipts() {
  const std::int64_t now_ms = clock_.wall().time_since_epoch().count();
  std::uint64_t last = 0;
  for (std::size_t rows = 0; rows < k_piece_rows && oldest_receipts_.step() == Step::row; ++rows) {
    const std::uint64_t seq = oldest_receipts_.number(0);
    if (oldest_receipts_.integer(1) > now_ms && seq + k_idempotency_keys_max > receipt_seq_) break;
    last = seq;
  }
  oldest_receipts_.reset();
  return last;
}

bool SqliteEngine::remove(const std::vector<std::uint64_t>& seqs) {
  for (const std::uint64_t seq : seqs) {
    if (!delete_event_.bind(1, seq).run()) return false;
  }
  return true;
}

}  // namespace rt::store
