// SPDX-License-Identifier: MIT
// How an SqliteEngine comes up: the file and its lock, the schema, what the store held.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "store/sqlite_engine.h"

namespace rt::store {

namespace {

namespace fs = std::filesystem;

std::unexpected<base::Error> cannot_open(const std::string& path, base::Error why) {
  why.what = "the store " + base::printable(path, 200) + " cannot be opened: " + why.what;
  if (why.hint.empty() && why.what.find("damaged") != std::string::npos)
    why.hint =
        "put a copy in its place, save what can be with sqlite3 FILE .recover, or move it away to begin anew";
  return std::unexpected(std::move(why));
}

base::Error system_error(const char* what = "") {
  return {base::ErrorKind::io, std::string(what) + std::strerror(errno), {}};
}

// Made with mode 0600 where it is not there; SQLite gives its other files the same.
std::optional<base::Error> make_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (descriptor < 0) return system_error();
  struct stat status{};
  const bool is_file = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  ::close(descriptor);
  if (!is_file) return base::Error{base::ErrorKind::io, "it is no file", {}};
  return {};
}

// The name of a new file is on the disk only when its folder is.
bool sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

}  // namespace

base::Result<Opened> open_sqlite(const std::string& path, const Retention& retention,
                                 const base::Clock& clock) {
  return SqliteEngine::open(path, retention, clock);
}

base::Result<Opened> SqliteEngine::open(const std::string& path, const Retention& retention,
                                        const base::Clock& clock) {
  // Two names of one file are one store.
  std::error_code code;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, code), code);
  if (code) return cannot_open(path, {base::ErrorKind::io, code.message(), {}});
  if (!fs::is_directory(real.parent_path(), code))
    return cannot_open(path, {base::ErrorKind::io, "there is no folder " + real.parent_path().string(), {}});
  auto lock = FileLock::take(real.string() + "-lock");
  if (!lock) return cannot_open(path, lock.error());
  if (auto error = make_file(real)) return cannot_open(path, *std::move(error));

  SqliteDatabase database;
  const sse::EventId origin{static_cast<std::uint64_t>(clock.wall().time_since_epoch().count()), 0};
  if (!database.open(real.string(), SqliteDatabase::Access::read_write))
    return cannot_open(path, {base::ErrorKind::io, database.fault(), database.detail()});
  if (auto prepared = prepare_schema(database, origin); !prepared) return cannot_open(path, prepared.error());
  if (!sync_folder(real.parent_path())) return cannot_open(path, system_error("its folder: "));
  auto recalled = recall(real.string(), database);
  if (!recalled) return cannot_open(path, recalled.error());

  std::unique_ptr<SqliteEngine> engine(
      new SqliteEngine(*std::move(lock), std::move(database), retention, clock));
  engine->last_ = recalled->last;
  engine->floor_ = recalled->floor;
  engine->newest_ = std::move(recalled->newest);
  engine->superseded_ = std::move(recalled->superseded);
  engine->quiet_ = recalled->quiet;
  if (!engine->prepare() || !engine->recall_receipts())
    return cannot_open(path, {base::ErrorKind::io,
                              std::string(engine->database_.fault()) + ": " + engine->database_.detail(),
                              {}});
  return Opened{std::move(engine), std::move(recalled->held)};
}

bool SqliteEngine::prepare() {
  database_.watch_log();
  bool well = true;
  const auto make = [&](SqliteStatement& statement, const char* sql) {
    statement = database_.prepare(sql);
    well = well && statement.is_made();
  };
  make(begin_, "BEGIN IMMEDIATE");
  make(commit_, "COMMIT");
  make(rollback_, "ROLLBACK");
  make(insert_event_, "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  make(insert_receipt_, "INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?)");
  make(delete_event_, "DELETE FROM events WHERE seq = ?");
  make(delete_receipts_, "DELETE FROM receipts WHERE seq <= ?");
  make(move_floor_, "UPDATE floor SET seq = ?, ms = ?, n = ?, moves = moves + 1");
  make(oldest_events_, "SELECT seq, ms, n, kind, id FROM events WHERE seq > ? ORDER BY seq");
  make(oldest_quiet_, "SELECT seq, kind, id FROM events WHERE seq <= ? ORDER BY seq");
  make(oldest_receipts_, "SELECT seq, until_ms FROM receipts ORDER BY seq");
  return well;
}

bool SqliteEngine::recall_receipts() {
  SqliteStatement rows =
      database_.prepare("SELECT seq, key, until_ms, accepted, ms, n, subscribers FROM receipts ORDER BY seq");
  const base::WallTime now = clock_.wall();
  Step step = rows.step();
  for (; step == Step::row; step = rows.step()) {
    receipt_seq_ = rows.number(0);
    // A clock that was set back does not make them last longer.
    const auto left = std::min<std::chrono::milliseconds>(
        base::WallTime(std::chrono::milliseconds(rows.integer(2))) - now, k_idempotency_kept);
    if (left.count() <= 0) continue;
    idempotency_.remember(std::string(rows.text(1)),
                          {rows.number(3), {rows.number(4), rows.number(5)}, rows.number(6)},
                          clock_.steady() + left);
  }
  return step == Step::done;
}

}  // namespace rt::store
