// SPDX-License-Identifier: MIT
#include "store/sqlite_database.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace rt::store {

namespace {

// Another program may hold the lock for a moment, to read the schema or to write; a publisher waits no
// longer.
constexpr int k_busy_timeout_ms = 250;

bool is_out_of_room(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

}  // namespace

// --- SqliteStatement

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(statement_);
}

SqliteStatement& SqliteStatement::bind(int at, std::int64_t value) {
  sqlite3_bind_int64(statement_, at, value);
  return *this;
}

SqliteStatement& SqliteStatement::bind_text(int at, std::string_view text) {
  sqlite3_bind_text64(statement_, at, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

SqliteStatement& SqliteStatement::bind_blob(int at, std::string_view bytes) {
  sqlite3_bind_blob64(statement_, at, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Step SqliteStatement::step() {
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return Step::row;
    case SQLITE_DONE:
      return Step::done;
    default:
      return Step::failed;
  }
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_);
}

bool SqliteStatement::run() {
  const bool done = step() == Step::done;
  reset();
  return done;
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view SqliteStatement::text(int column) const {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
}

// --- SqliteDatabase

SqliteDatabase::~SqliteDatabase() {
  sqlite3_close_v2(database_);
}

bool SqliteDatabase::open(const std::string& path, Access access) {
  const int how = access == Access::read_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (sqlite3_open_v2(path.c_str(), &database_, how | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr) !=
      SQLITE_OK)
    return false;
  sqlite3_busy_timeout(database_, k_busy_timeout_ms);
  // The file may come from anybody: its schema calls no functions, and nothing writes past the schema.
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return true;
}

bool SqliteDatabase::execute(const char* sql) {
  return sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

SqliteStatement SqliteDatabase::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  return SqliteStatement(statement);
}

std::int64_t SqliteDatabase::integer(const char* sql) {
  SqliteStatement statement = prepare(sql);
  return statement.step() == Step::row ? statement.integer(0) : -1;
}

bool SqliteDatabase::in_transaction() const {
  return sqlite3_get_autocommit(database_) == 0;
}

void SqliteDatabase::checkpoint() {
  if (sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) == SQLITE_OK)
    log_pages_ = 0;
}

void SqliteDatabase::watch_log() {
  sqlite3_wal_hook(
      database_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteDatabase*>(self)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
}

const char* SqliteDatabase::fault() const {
  switch (sqlite3_errcode(database_) & 0xff) {
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds the database locked";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "the database may not be written to";
    case SQLITE_CANTOPEN:
      return "the database cannot be opened";
    case SQLITE_CORRUPT:
      return "the database is damaged";
    case SQLITE_NOTADB:
      return "it is no SQLite database";
    case SQLITE_CONSTRAINT:
      return "another program has written to the database";
    case SQLITE_NOMEM:
      return "out of memory";
    case SQLITE_IOERR:
      return is_out_of_room(sqlite3_system_errno(database_)) ? "the disk is full"
                                                             : "reading or writing the database failed";
    default:
      return "the database failed";
  }
}

std::string SqliteDatabase::detail() const {
  const int extended = sqlite3_extended_errcode(database_);
  std::string out = sqlite3_errmsg(database_);
  out += " (" + std::to_string(extended) + ')';
  if (const int error = sqlite3_system_errno(database_); error != 0)
    out.append(", ").append(std::strerror(error));
  return out;
}

}  // namespace rt::store
