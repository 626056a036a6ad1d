// SPDX-License-Identifier: MIT
#include "store/redis_stream.h"

#include <array>
#include <limits>

#include "store/redis_entry.h"

namespace rt::store {

namespace {

constexpr std::string_view k_page_entries_max = "2000";
constexpr std::size_t k_page_bytes_max = std::size_t{16} << 20U;

constexpr std::uint64_t k_number_max = std::numeric_limits<std::uint64_t>::max();
constexpr char k_no_ids_left[] = "the stream in Redis has no ids left";

std::optional<sse::EventId> id_of(RedisValue value) {
  const auto text = value.text();
  return text ? sse::parse_event_id(*text) : std::nullopt;
}

StreamEntry entry_of(sse::EventId id, RedisValue fields) {
  EntryRead read = read_entry(id, fields);
  if (read.fault == EntryFault::none) return {id, encode_frame(id, std::move(read.event)), {}};
  return {id, nullptr, std::move(read.what)};
}

// A range that begins or ends at an id, without it.
std::string behind(sse::EventId id) {
  std::string text(1, '(');
  sse::append_event_id(text, id);
  return text;
}

std::expected<StreamPage, RedisFault> read(RedisConnection& connection, const std::string& script,
                                           std::string_view command, const std::string& place,
                                           const std::string& from, std::string_view to, RedisTime until) {
  const std::string entry_bytes = std::to_string(k_entry_bytes_max);
  const std::string texts = std::to_string(k_entry_texts_max);
  const std::string page_bytes = std::to_string(k_page_bytes_max);
  auto reply = connection.ask({"EVALSHA", script, "1", k_events_key, command, place, from, to,
                               k_page_entries_max, entry_bytes, texts, page_bytes},
                              until);
  if (!reply) return std::unexpected(reply.error());
  return page_of(reply->value());
}

}  // namespace

std::expected<StreamPage, RedisFault> page_of(RedisValue reply) {
  StreamPage page;
  const auto count = reply.size();
  if (!count) return std::unexpected(k_redis_nonsense);
  const auto now_ms = reply[0].number();
  if (!now_ms) return std::unexpected(k_redis_nonsense);
  page.now_ms = *now_ms;
  if (*count == 1) return page;
  const auto length = reply[1].number();
  const auto last = id_of(reply[3]);
  const auto first = id_of(reply[4]);
  const auto place_mark = reply[5].text();
  const auto is_last = reply[6].number();
  const RedisValue list = reply[7];
  const auto entries = list.size();
  const auto end_mark = reply[8].text();
  if (!length || !last || !first || !place_mark || !is_last || !entries || !end_mark)
    return std::unexpected(k_redis_nonsense);
  const auto added = reply[2].number();
  if (!added) return std::unexpected("Redis is older than 7.0");
  page = {true,        *length,       *added, *last, *first, std::string(*place_mark), std::string(*end_mark),
          page.now_ms, *is_last != 0, {}};
  page.entries.reserve(*entries);
  for (std::size_t at = 0; at < *entries; ++at) {
    const auto id = id_of(list[at][0]);
    if (!id) return std::unexpected(k_redis_nonsense);
    page.entries.push_back(entry_of(*id, list[at][1]));
  }
  return page;
}

// KEYS: the stream, and the receipt's where there is one. ARGV: entries to keep, milliseconds to keep the
// receipt, the receipt's subscribers, then topic and data of each event.
constexpr std::string_view k_publish_script = R"lua(
local known = KEYS[2] and redis.call('GET', KEYS[2])
if known then return known end
local id
for i = 4, #ARGV, 2 do
  id = redis.call('XADD', KEYS[1], 'NOMKSTREAM', 'MAXLEN', '~', ARGV[1], '*', 'topic', ARGV[i], 'data', ARGV[i + 1])
  if not id then return false end
end
local receipt = string.format('%d %s %s', (#ARGV - 3) / 2, id, ARGV[3])
if KEYS[2] then redis.call('SET', KEYS[2], receipt, 'PX', ARGV[2]) end
return receipt
)lua";

// ARGV: XRANGE or XREVRANGE, the place, from, to, entries at most, bytes and texts of an entry at most, bytes
// at most. What is larger than an entry may be comes as its id alone.
constexpr std::string_view k_read_script = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', KEYS[1]) == 0 then return {now} end
local info, state = redis.call('XINFO', 'STREAM', KEYS[1]), {}
for i = 1, #info, 2 do state[info[i]] = info[i + 1] end
local range = redis.pcall(ARGV[1], KEYS[1], ARGV[3], ARGV[4], 'COUNT', ARGV[5])
if range.err then range = {} end
local page, bytes, whole = {}, 0, #range < tonumber(ARGV[5])
for i = 1, #range do
  local size, entry = 0, range[i]
  for j = 1, #entry[2] do size = size + #entry[2][j] end
  if size > tonumber(ARGV[6]) or #entry[2] > tonumber(ARGV[7]) then
    entry, size = {entry[1]}, 0
  end
  bytes = bytes + size
  if bytes > tonumber(ARGV[8]) and i > 1 then
    whole = false
    break
  end
  page[i] = entry
end
local function mark(entry)
  local text = entry and table.concat(entry[2], ' ') or ''
  if #text > tonumber(ARGV[6]) then text = tostring(#text) end
  return entry and redis.sha1hex(text) or ''
end
local place = ARGV[2] ~= '' and redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
local furthest = ARGV[1] == 'XRANGE' and range[#page] or range[1]
return {now, state['length'], state['entries-added'] or -1, state['last-generated-id'],
        state['recorded-first-entry-id'] or '0-0', mark(place), whole and 1 or 0, page, mark(furthest)}
)lua";

// ARGV: the id's milliseconds and number, an id above it for when the clock of Redis is not, and the field.
// Of several instances that find the stream gone one begins it, so that all know it by the same entry.
constexpr std::string_view k_begin_script = R"lua(
local function is_above(a, b)
  return #a > #b or #a == #b and a > b
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      local ms, n = info[i + 1]:match('(%d+)-(%d+)')
      if is_above(ms, ARGV[1]) or ms == ARGV[1] and is_above(n, ARGV[2]) then return 0 end
    end
  end
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('XADD', KEYS[1], is_above(now, ARGV[1]) and '*' or ARGV[3], ARGV[4], 'rtserve')
return 1
)lua";

std::expected<std::string, RedisFault> load_script(RedisConnection& connection, std::string_view script,
                                                   RedisTime until) {
  auto reply = connection.ask({"SCRIPT", "LOAD", script}, until);
  if (!reply) return std::unexpected(reply.error());
  const auto name = reply->value().text();
  if (!name) return std::unexpected(k_redis_nonsense);
  return std::string(*name);
}

std::expected<StreamPage, RedisFault> read_forwards(RedisConnection& connection, const std::string& script,
                                                    sse::EventId place, RedisTime until) {
  const std::string id = sse::format_event_id(place);
  return read(connection, script, "XRANGE", id, behind(place), "+", until);
}

std::expected<StreamPage, RedisFault> read_backwards(RedisConnection& connection, const std::string& script,
                                                     std::optional<sse::EventId> place, RedisTime until) {
  const std::string from = place ? behind(*place) : "+";
  return read(connection, script, "XREVRANGE", "", from, "-", until);
}

// Redis counts what was ever added to a stream, so that a gap shows even where ids cannot tell it. What it
// trims, it trims from the old end: as long as an entry before the place is there, so is all behind it.
bool continues(const StreamPage& page, const StreamPlace& place) {
  if (!page.exists || page.last < place.id) return false;
  const bool reaches_back = page.length > 0 && page.first <= place.id;
  const bool is_deleted = page.place_mark.empty() && (!reaches_back || page.last == place.id);
  if (!is_deleted && page.place_mark != place.mark) return false;
  if (!place.added) return reaches_back;
  if (page.added < *place.added) return false;
  const std::uint64_t behind = page.added - *place.added;
  if (page.is_last) return behind == page.entries.size();
  return reaches_back || behind == page.length;
}

std::expected<void, RedisFault> begin_stream(RedisConnection& connection, sse::EventId id, RedisTime until) {
  if (id.ms == k_number_max) return std::unexpected(k_no_ids_left);
  const auto script = load_script(connection, k_begin_script, until);
  if (!script) return std::unexpected(script.error());
  const std::string ms = std::to_string(id.ms), n = std::to_string(id.n);
  const std::string above = sse::format_event_id({id.ms + 1, 0});
  auto reply = connection.ask({"EVALSHA", *script, "1", k_events_key, ms, n, above, k_begin_field}, until);
  if (!reply) return std::unexpected(reply.error());
  const auto code = reply->value().error_code();
  if (code == "ERR") return std::unexpected(k_no_ids_left);
  if (code) return std::unexpected(fault_of_code(*code));
  return {};
}

sse::EventId id_before(sse::EventId id) {
  if (id.n > 0) return {id.ms, id.n - 1};
  return id.ms > 0 ? sse::EventId{id.ms - 1, k_number_max} : id;
}

}  // namespace rt::store
