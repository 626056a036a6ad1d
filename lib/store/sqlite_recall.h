// SPDX-License-Identifier: MIT
// Reads back what an SQLite store holds, on all processors at once: ranges of `seq`, each on a connection of
// its own. Every row is checked on the way: its checksum, its place, and that ids rise; a store that is not
// whole is refused, none of it served. Called while the engine is opened.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "model/topic.h"
#include "store/engine.h"
#include "store/sqlite_schema.h"

namespace rt::store {

struct Recalled {
  Recollection held;
  Place floor;
  Place last;                                              // the newest event; the floor where there is none
  std::unordered_map<model::Topic, std::uint64_t> newest;  // of each topic, the seq
  std::uint64_t quiet = 0;                                 // rows below the floor
  std::vector<std::uint64_t> superseded;  // of those, the ones that are not the newest any more
};

base::Result<Recalled> recall(const std::string& path, SqliteDatabase& database);

}  // namespace rt::store
