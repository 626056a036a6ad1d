// SPDX-License-Identifier: MIT
#include "store/sqlite_recall.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <optional>
#include <thread>

namespace rt::store {

namespace {

// More threads than this wait for each other's memory.
constexpr unsigned k_threads_max = 4;
// Ranges are handed out one by one, so that no thread is left with most of the work.
constexpr std::uint64_t k_range_rows = 10'000;
// More than any retention keeps, and than an event a nanosecond needs: beyond is damage.
constexpr std::uint64_t k_rows_max = 1'000'000'000;
constexpr std::uint64_t k_seq_max = std::uint64_t{1} << 62U;

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool is_dense = true;  // every seq is there

  Batch frames;
  std::vector<std::uint64_t> seqs;  // where it is not dense
  model::Event event;               // the last one read; the next is read into its memory
  std::optional<base::Error> error;
};

base::Error damage(std::uint64_t seq, const char* what) {
  return {base::ErrorKind::io, "it is damaged: the event with seq " + std::to_string(seq) + ' ' + what, {}};
}

base::Error fault_of(const SqliteDatabase& database) {
  return {base::ErrorKind::io, std::string(database.fault()) + ": " + database.detail(), {}};
}

std::optional<base::Error> take_row(const SqliteStatement& row, Range& range) {
  const Place place{row.number(0), {row.number(1), row.number(2)}};
  const std::string_view kind = row.text(3), id = row.text(4), payload = row.text(5), timestamp = row.text(6);
  if (range.is_dense && place.seq != range.first + range.frames.size())
    return damage(range.first + range.frames.size(), "is missing");
  if (row.number(7) != row_checksum(place, kind, id, payload, timestamp))
    return damage(place.seq, "does not have the checksum it was written with");
  const model::Resource* resource = model::find_by_singular(kind);
  if (resource == nullptr || !model::is_valid_id(id)) return damage(place.seq, "is of no topic");
  if (!range.frames.empty() && range.frames.back()->id >= place.id)
    return damage(place.seq, "has an id that is not above the one before");
  range.event.topic.kind = resource->kind;
  range.event.topic.id = id;
  range.event.payload = payload;
  range.event.timestamp = timestamp;
  range.frames.push_back(encode_frame(place.id, range.event));
  if (!range.is_dense) range.seqs.push_back(place.seq);
  return {};
}

std::optional<base::Error> load(SqliteStatement& rows, const SqliteDatabase& database, Range& range) {
  if (range.is_dense) range.frames.reserve(range.last - range.first + 1);
  rows.bind(1, range.first).bind(2, range.last);
  while (true) {
    const Step step = rows.step();
    if (step == Step::failed) return fault_of(database);
    if (step == Step::done) break;
    if (auto error = take_row(rows, range)) return error;
  }
  rows.reset();
  if (range.is_dense && range.frames.size() != range.last - range.first + 1)
    return damage(range.first + range.frames.size(), "is missing");
  return {};
}

void load_ranges(const std::string& path, std::vector<Range>& ranges, std::atomic<std::size_t>& next) {
  SqliteDatabase database;
  SqliteStatement rows;
  const bool opened = database.open(path, SqliteDatabase::Access::read_only);
  if (opened)
    rows = database.prepare(
        "SELECT seq, ms, n, kind, id, payload, timestamp, crc FROM events WHERE seq BETWEEN ? AND ? ORDER BY "
        "seq");
  for (std::size_t at = next++; at < ranges.size(); at = next++)
    ranges[at].error = opened ? load(rows, database, ranges[at]) : fault_of(database);
}

void load_all(const std::string& path, std::vector<Range>& ranges) {
  std::atomic<std::size_t> next{0};
  const auto threads = std::min<std::size_t>(
      {std::max(1U, std::thread::hardware_concurrency()), k_threads_max, ranges.size()});
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back([&] { load_ranges(path, ranges, next); });
  load_ranges(path, ranges, next);
  for (std::thread& other : others) other.join();
}

std::vector<Range> make_ranges(std::uint64_t floor_seq, std::uint64_t last_seq) {
  std::vector<Range> ranges;
  if (floor_seq > 0) ranges.push_back({1, floor_seq, false, {}, {}, {}, {}});
  for (std::uint64_t first = floor_seq + 1; first <= last_seq; first += k_range_rows)
    ranges.push_back({first, std::min(last_seq, first + k_range_rows - 1), true, {}, {}, {}, {}});
  return ranges;
}

std::optional<base::Error> read_places(SqliteDatabase& database, Recalled& recalled) {
  SqliteStatement floor = database.prepare("SELECT seq, ms, n FROM floor");
  const Step step = floor.step();
  if (step == Step::failed) return fault_of(database);
  if (step == Step::done) return base::Error{base::ErrorKind::io, "it is damaged: it has no floor", {}};
  recalled.floor = {floor.number(0), {floor.number(1), floor.number(2)}};
  const std::int64_t last = database.integer("SELECT ifnull(max(seq), 0) FROM events");
  if (last < 0) return fault_of(database);
  if (recalled.floor.seq > k_seq_max || static_cast<std::uint64_t>(last) > k_seq_max ||
      static_cast<std::uint64_t>(last) > recalled.floor.seq + k_rows_max)
    return base::Error{base::ErrorKind::io, "it is damaged: its floor is nowhere near its events", {}};
  recalled.last = {std::max(recalled.floor.seq, static_cast<std::uint64_t>(last)), recalled.floor.id};
  recalled.held.origin = recalled.floor.id;
  return {};
}

void take_dense(Range& range, Recalled& recalled) {
  std::uint64_t seq = range.first;
  for (const FramePtr& frame : range.frames) recalled.newest[frame->topic] = seq++;
  recalled.last = {range.last, range.frames.back()->id};
  Batch& recent = recalled.held.recent;
  std::ranges::move(range.frames, std::back_inserter(recent));
  Batch().swap(range.frames);
}

void take_quiet(const Range& range, Recalled& recalled) {
  recalled.quiet = range.seqs.size();
  for (std::size_t i = 0; i < range.seqs.size(); ++i) {
    auto [found, is_new] = recalled.newest.try_emplace(range.frames[i]->topic, range.seqs[i]);
    if (!is_new && found->second < range.seqs[i]) found->second = range.seqs[i];
  }
  for (std::size_t i = 0; i < range.seqs.size(); ++i) {
    if (recalled.newest.at(range.frames[i]->topic) == range.seqs[i]) {
      recalled.held.newest.push_back(range.frames[i]);
    } else {
      recalled.superseded.push_back(range.seqs[i]);
    }
  }
}

}  // namespace

base::Result<Recalled> recall(const std::string& path, SqliteDatabase& database) {
  Recalled recalled;
  if (auto error = read_places(database, recalled)) return std::unexpected(*std::move(error));
  std::vector<Range> ranges = make_ranges(recalled.floor.seq, recalled.last.seq);
  load_all(path, ranges);
  recalled.held.recent.reserve(recalled.last.seq - recalled.floor.seq);
  for (Range& range : ranges) {
    if (range.error) return std::unexpected(*std::move(range.error));
    if (range.frames.empty()) continue;
    const bool is_above = range.is_dense ? range.frames.front()->id > recalled.last.id
                                         : range.frames.back()->id <= recalled.floor.id;
    if (!is_above) return std::unexpected(damage(range.first, "has an id that is not above the one before"));
    if (range.is_dense) take_dense(range, recalled);
  }
  if (!ranges.empty() && !ranges.front().is_dense) take_quiet(ranges.front(), recalled);
  return recalled;
}

}  // namespace rt::store
