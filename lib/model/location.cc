// SPDX-License-Identifier: MIT
#include "model/location.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/time_text.h"
#include "model/position.h"

namespace rt::model {

namespace {

constexpr std::string_view k_timestamp = "timestamp";

std::unexpected<EventError> invalid(std::string field, std::string_view rule) {
  std::string what = field;
  what.append(" ").append(rule);
  return std::unexpected(EventError{EventFault::invalid, std::move(field), std::move(what)});
}

void append_member(std::string& json, const JsonMember& member, std::string_view value) {
  json += json.empty() ? '{' : ',';
  append_json_string(json, member.key);
  json += ':';
  append_on_one_line(json, value);
}

}  // namespace

std::expected<std::optional<base::WallTime>, EventError> read_timestamp(const JsonMember& member,
                                                                        std::string_view field) {
  if (member.type == JsonType::null) return std::nullopt;
  const std::optional<base::WallTime> time =
      member.type == JsonType::string ? base::parse_time(member.text) : std::nullopt;
  if (!time)
    return invalid(std::string(field),
                   "must be an RFC 3339 time with its offset, such as 2023-12-20T14:35:00.000Z");
  return time;
}

std::expected<Location, EventError> read_location(const std::vector<JsonMember>& members,
                                                  std::string_view prefix) {
  Location location;
  std::array<bool, k_position_fields.size()> seen{};
  bool timestamp_seen = false;
  const auto named = [prefix](std::string_view name) { return std::string(prefix).append(name); };

  for (const JsonMember& member : members) {
    if (member.key == k_timestamp) {
      if (std::exchange(timestamp_seen, true)) return invalid(named(k_timestamp), "is given twice");
      auto time = read_timestamp(member, named(k_timestamp));
      if (!time) return std::unexpected(std::move(time.error()));
      location.time = *time;
      continue;
    }
    const auto* const field = std::ranges::find(k_position_fields, member.key, &PositionField::name);
    if (field == k_position_fields.end()) {
      append_member(location.json, member, member.raw);
      continue;
    }
    if (std::exchange(seen[static_cast<std::size_t>(field - k_position_fields.begin())], true)) {
      return invalid(named(field->name), "is given twice");
    }
    if (member.type == JsonType::null && field->presence == Presence::optional) continue;
    const double value = member.type == JsonType::number ? number_of(member.raw) : 0;
    if (member.type != JsonType::number || value < field->min || value > field->max)
      return invalid(named(field->name), field->rule);
    const bool full_circle = field->name == "heading" && value == k_full_circle;
    append_member(location.json, member, full_circle ? "0" : member.raw);
  }

  for (std::size_t i = 0; i < seen.size(); ++i) {
    const PositionField& field = k_position_fields[i];
    if (field.presence == Presence::required && !seen[i]) return invalid(named(field.name), field.rule);
  }
  location.json += '}';
  return location;
}

void append_on_one_line(std::string& out, std::string_view json) {
  if (!json.contains('\n') && !json.contains('\r')) {  // by far the most
    out += json;
    return;
  }
  const auto ends_line = [](char c) { return c == '\r' || c == '\n'; };
  for (;;) {
    const auto* const end = std::ranges::find_if(json, ends_line);
    out.append(json.begin(), end);
    if (end == json.end()) return;
    json = {end + 1, json.end()};
  }
}

}  // namespace rt::model
