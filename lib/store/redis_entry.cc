// SPDX-License-Identifier: MIT
#include "store/redis_entry.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace rt::store {

namespace {

constexpr std::string_view k_topic = "topic";
constexpr std::string_view k_data = "data";

EntryRead wrong(std::string what) {
  return {EntryFault::wrong, {}, std::move(what)};
}

// The year 9999 ends; times behind it have no spelling.
constexpr std::uint64_t k_latest_ms = 253'402'300'799'999;

}  // namespace

EntryFields to_fields(const model::Event& event) {
  EntryFields fields{model::to_string(event.topic), event.payload};
  if (event.timestamp.empty()) return fields;
  // As it would be posted: the time is a member of the location.
  fields.data.pop_back();
  if (fields.data.size() > 1) fields.data += ',';
  fields.data.append("\"timestamp\":\"").append(event.timestamp).append("\"}");
  return fields;
}

EntryRead read_entry(sse::EventId id, RedisValue fields) {
  const auto count = fields.size();
  if (!count) return wrong("it is too large");
  std::optional<std::string_view> topic, data;
  for (std::size_t at = 0; at + 1 < *count; at += 2) {
    const auto name = fields[at].text();
    const auto value = fields[at + 1].text();
    if (!name || !value) return wrong("its fields are no texts");
    if (*name == k_begin_field) return {EntryFault::begins_stream, {}, {}};
    if (*name == k_topic) topic = value;
    if (*name == k_data) data = value;
  }
  if (!topic || !data) return wrong("it needs the fields topic and data");
  const auto parsed_topic = model::parse_topic(*topic);
  if (!parsed_topic) return wrong("topic: " + parsed_topic.error().what);
  const base::WallTime time{std::chrono::milliseconds(std::min(id.ms, k_latest_ms))};
  auto event = model::parse_payload(*parsed_topic, *data, {k_entry_bytes_max}, time);
  if (!event) return wrong("data: " + event.error().what);
  return {EntryFault::none, *std::move(event), {}};
}

}  // namespace rt::store
