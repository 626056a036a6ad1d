// SPDX-License-Identifier: MIT
#include "store/sqlite_schema.h"

#include <zlib.h>

#include <array>
#include <string>

namespace rt::store {

namespace {

constexpr std::int64_t k_application_id = 0x72747376;  // "rtsv"
constexpr std::int64_t k_version = 1;

constexpr const char* k_tables =
    "CREATE TABLE events (seq INTEGER PRIMARY KEY, ms INTEGER NOT NULL, n INTEGER NOT NULL, kind TEXT NOT "
    "NULL,"
    " id TEXT NOT NULL, payload TEXT NOT NULL, timestamp TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;"
    "CREATE TABLE floor (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, ms INTEGER NOT NULL,"
    " n INTEGER NOT NULL, moves INTEGER NOT NULL) STRICT;"
    "CREATE TABLE receipts (seq INTEGER PRIMARY KEY, key BLOB NOT NULL, until_ms INTEGER NOT NULL,"
    " accepted INTEGER NOT NULL, ms INTEGER NOT NULL, n INTEGER NOT NULL, subscribers INTEGER NOT NULL) "
    "STRICT;"
    "PRAGMA application_id = 1920234358;"
    "PRAGMA user_version = 1;";
static_assert(k_application_id == 1920234358 && k_version == 1);

std::unexpected<base::Error> wrong(const SqliteDatabase& database) {
  return base::fail(base::ErrorKind::io, std::string(database.fault()) + ": " + database.detail());
}

}  // namespace

base::Result<void> prepare_schema(SqliteDatabase& database, sse::EventId origin) {
  const std::int64_t application = database.integer("PRAGMA application_id");
  const std::int64_t version = database.integer("PRAGMA user_version");
  const std::int64_t tables = database.integer("SELECT count(*) FROM sqlite_schema");
  if (application < 0 || version < 0 || tables < 0) return wrong(database);
  if (tables > 0 && application != k_application_id)
    return base::fail(base::ErrorKind::configuration, "it is another program's database");
  if (version > k_version)
    return base::fail(base::ErrorKind::configuration,
                      "it was made by a newer rtserve (schema version " + std::to_string(version) + ')');
  // Acknowledged is what the disk has: FULL waits for it with each commit. Checkpoints are ours to time.
  if (!database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                        "PRAGMA journal_size_limit = 67108864"))
    return wrong(database);
  if (tables > 0) return {};
  const std::string begin = "INSERT INTO floor VALUES (1, 0, " + std::to_string(origin.ms) + ", " +
                            std::to_string(origin.n) + ", 0)";
  if (!database.execute("BEGIN IMMEDIATE") || !database.execute(k_tables) ||
      !database.execute(begin.c_str()) || !database.execute("COMMIT"))
    return wrong(database);
  return {};
}

std::uint32_t row_checksum(const Place& place, std::string_view kind, std::string_view id,
                           std::string_view payload, std::string_view timestamp) {
  // In one piece, which is much the quickest for zlib, in a buffer that is kept: a start sums up every row.
  thread_local std::string row;
  std::array<char, 24> numbers;
  for (std::size_t i = 0; i < 8; ++i) {
    numbers[i] = static_cast<char>(place.seq >> (8 * i));
    numbers[8 + i] = static_cast<char>(place.id.ms >> (8 * i));
    numbers[16 + i] = static_cast<char>(place.id.n >> (8 * i));
  }
  row.assign(numbers.data(), numbers.size());
  // The ends are part of it, so that nothing can move from one column to the next.
  for (const std::string_view text : {kind, id, payload, timestamp}) row.append(text) += '\0';
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const unsigned char*>(row.data()), row.size()));
}

}  // namespace rt::store
