// SPDX-License-Identifier: MIT
// SqliteDatabase and SqliteStatement: a connection to an SQLite database, and prepared statements on it, as
// values that close themselves. They say how it went by SQLite's result codes, and what that means to people.
// Used by one thread at a time. sqlite3.h is in the .cc file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rt::store {

enum class Step { row, done, failed };

class SqliteStatement {
 public:
  SqliteStatement() = default;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}
  SqliteStatement(SqliteStatement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  SqliteStatement& operator=(SqliteStatement&& other) noexcept {
    std::swap(statement_, other.statement_);
    return *this;
  }
  ~SqliteStatement();
  bool is_made() const { return statement_ != nullptr; }

  // Parameters count from 1. Text and blob must stay until reset().
  SqliteStatement& bind(int at, std::int64_t value);
  SqliteStatement& bind(int at, std::uint64_t value) { return bind(at, static_cast<std::int64_t>(value)); }
  SqliteStatement& bind_text(int at, std::string_view text);
  SqliteStatement& bind_blob(int at, std::string_view bytes);

  Step step();
  void reset();
  // step() and reset(): did it get to its end?
  bool run();

  // Columns count from 0; views are good until the next step().
  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view text(int column) const;

 private:
  sqlite3_stmt* statement_ = nullptr;
};

class SqliteDatabase {
 public:
  enum class Access { read_write, read_only };

  SqliteDatabase() = default;
  SqliteDatabase(SqliteDatabase&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  SqliteDatabase& operator=(SqliteDatabase&& other) noexcept {
    std::swap(database_, other.database_);
    return *this;
  }
  ~SqliteDatabase();

  // `path` is absolute, so that nothing in it means something else to SQLite; the file exists. False: see
  // fault().
  bool open(const std::string& path, Access access);
  // One or several statements without results.
  bool execute(const char* sql);
  SqliteStatement prepare(const char* sql);
  // The first column of the first row; -1 when that fails.
  std::int64_t integer(const char* sql);
  bool in_transaction() const;
  // Copies what the write-ahead log holds into the database, as far as no reader is in the way.
  void checkpoint();
  // The pages that the write-ahead log held after the last commit.
  int log_pages() const { return log_pages_; }
  // After open(), once the object stays where it is.
  void watch_log();

  // What the last failure was: a phrase that lives as long as the program ("the disk is full"), ...
  const char* fault() const;
  // ... and SQLite's own words.
  std::string detail() const;

 private:
  sqlite3* database_ = nullptr;
  int log_pages_ = 0;
};

}  // namespace rt::store
