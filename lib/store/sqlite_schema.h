// SPDX-License-Identifier: MIT
// The tables of the SQLite store, version 1; STORE in man/rtserve.1 documents them for operators.
//
// events    what is kept, an event a row. `seq` is its place in the store's order, counted from 1. Above the
// floor
//           there is every one; below it, of topics that are quiet, the newest. `ms` and `n` are the id,
//           `kind` and `id` the topic, `crc` is row_checksum().
// floor     one row: the place and the id of the last event that was forgotten; of a new store 0 and its
// origin. `moves`
//           counts how often it was written: a row that stays the same is no write, and shows nothing of the
//           disk.
// receipts  the answers to requests with an Idempotency-Key, oldest first, each with the time it is forgotten
// at.
//
// Store's thread, and at the start its loaders.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "sse/event_id.h"
#include "store/sqlite_database.h"

namespace rt::store {

// A place in the order of the store.
struct Place {
  std::uint64_t seq = 0;
  sse::EventId id;
};

// Makes the tables where there are none; `origin` is where a new store begins. Errors: another program's
// database, a newer version of the schema, or what SQLite says.
base::Result<void> prepare_schema(SqliteDatabase& database, sse::EventId origin);

// CRC-32 of everything in a row of `events`. SQLite notices a torn write of its own, but not what a disk
// changes.
std::uint32_t row_checksum(const Place& place, std::string_view kind, std::string_view id,
                           std::string_view payload, std::string_view timestamp);

}  // namespace rt::store
