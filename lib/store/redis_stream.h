// SPDX-License-Identifier: MIT
// The stream in Redis: the keys, what is asked of it, and the pages in which it is read. A page comes with
// the stream's state at the same instant, by which one can tell whether something is missing before it.
// Functions on a connection; each takes the time by which it is over.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sse/event_id.h"
#include "store/frame.h"
#include "store/redis_connection.h"

namespace rt::store {

inline constexpr std::string_view k_events_key = "rtserve:events";
inline constexpr std::string_view k_instances_key = "rtserve:instances";
inline constexpr std::string_view k_receipt_prefix = "rtserve:receipt:";

// Adds the events of one request, or gives the receipt of an earlier one with the same key, in one go.
extern const std::string_view k_publish_script;
// A page of the stream and its state, bounded in bytes.
extern const std::string_view k_read_script;

// A place in the stream: everything up to it was read.
struct StreamPlace {
  sse::EventId id;
  std::string mark;  // a digest of the entry there: after a loss, another may get the same id
  // How many entries had been added to the stream, up to this one; nothing when that is not known.
  std::optional<std::uint64_t> added;
};

struct StreamEntry {
  sse::EventId id;
  FramePtr frame;     // null: no event
  std::string wrong;  // what is wrong with an entry that should be one
};

struct StreamPage {
  bool exists = false;       // is there a stream at all? If not, nothing of the rest is set
  std::uint64_t length = 0;  // entries that it holds
  std::uint64_t added = 0;   // entries that were ever added to it
  sse::EventId last;         // the last id that it gave
  sse::EventId first;        // of the first entry that it holds
  std::string place_mark;    // of the entry at the place that was read from; empty when it is not there
  std::string end_mark;      // of the entry that is furthest from that place
  std::uint64_t now_ms = 0;  // the clock of Redis; set also when there is no stream
  bool is_last = false;      // nothing lies behind this page
  std::vector<StreamEntry> entries;
};

// Loaded once per connection; gives the name by which a script is called.
std::expected<std::string, RedisFault> load_script(RedisConnection& connection, std::string_view script,
                                                   RedisTime until);

// What lies behind `place`. `script`: k_read_script's name.
std::expected<StreamPage, RedisFault> read_forwards(RedisConnection& connection, const std::string& script,
                                                    sse::EventId place, RedisTime until);
// What lies before `place`, newest first; before the end, when there is none.
std::expected<StreamPage, RedisFault> read_backwards(RedisConnection& connection, const std::string& script,
                                                     std::optional<sse::EventId> place, RedisTime until);

// What the script replied.
std::expected<StreamPage, RedisFault> page_of(RedisValue reply);

// Is everything that was added behind `place` in this page, or still to come behind it?
bool continues(const StreamPage& page, const StreamPlace& place);

// Sees to it that there is a stream, and that its last id is above `id`; adds an entry of ours only where it
// is not yet so.
std::expected<void, RedisFault> begin_stream(RedisConnection& connection, sse::EventId id, RedisTime until);

// The id right before; of the least, itself.
sse::EventId id_before(sse::EventId id);

}  // namespace rt::store
