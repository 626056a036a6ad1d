// SPDX-License-Identifier: MIT
#include "model/event.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "model/json.h"
#include "model/location.h"

namespace rt::model {

namespace {

constexpr std::string_view k_type = "type";
constexpr std::string_view k_timestamp = "timestamp";
// Room around the payload of a whole event: keys, the id, the timestamp, some space.
constexpr std::size_t k_envelope_bytes_max = 512;

std::unexpected<EventError> invalid(std::string_view field, std::string what) {
  return std::unexpected(EventError{EventFault::invalid, base::printable(field), std::move(what)});
}

std::unexpected<EventError> too_large(std::size_t size, std::size_t max) {
  return std::unexpected(EventError{
      EventFault::too_large,
      {},
      "the event has " + std::to_string(size) + " bytes, at most " + std::to_string(max) + " are taken"});
}

std::unexpected<EventError> malformed(const JsonError& error) {
  return std::unexpected(EventError{EventFault::malformed, {}, "not a JSON object: " + error.what});
}

std::expected<std::vector<JsonMember>, EventError> members_of(std::string_view json) {
  auto members = parse_object(json);
  if (!members) return malformed(members.error());
  return std::move(*members);
}

std::string_view without_outer_space(std::string_view json) {
  const std::size_t first = std::min(json.find_first_not_of(" \t\r\n"), json.size());
  json.remove_prefix(first);
  return json.substr(0, json.find_last_not_of(" \t\r\n") + 1);
}

Event with_object(const Topic& topic, std::string_view json) {
  Event event{topic, {}, {}};
  event.payload.reserve(json.size());
  append_on_one_line(event.payload, json);
  return event;
}

Event with_location(const Topic& topic, Location location, base::WallTime now) {
  return {topic, std::move(location.json), base::format_time(location.time.value_or(now))};
}

// The members of a whole event, each at most once.
struct Envelope {
  const Resource* resource = nullptr;
  const JsonMember* id = nullptr;
  const JsonMember* payload = nullptr;
  const JsonMember* timestamp = nullptr;
};

std::unexpected<EventError> unknown_type(const JsonMember* type) {
  std::array<std::string_view, k_kind_count> types;
  std::ranges::transform(k_resources, types.begin(), &Resource::event_type);
  std::string known;
  for (const std::string_view name : types) known.append(known.empty() ? "" : ", ").append(name);
  if (type == nullptr || type->type != JsonType::string)
    return invalid(k_type, "type must be one of " + known);

  std::string what = "type \"" + base::printable(type->text) + "\" is not one of " + known;
  const std::string_view near = base::nearest(type->text, types);
  if (!near.empty()) what.append("; did you mean \"").append(near).append("\"?");
  return invalid(k_type, std::move(what));
}

std::unexpected<EventError> unknown_member(const Resource& resource, std::string_view key) {
  if (key == "id") return invalid(key, "id is given by the server; leave it out");
  std::vector<std::string_view> known = {k_type, resource.id_key, resource.payload_key};
  if (resource.payload == Payload::position) known.push_back(k_timestamp);
  std::string what =
      "unknown member \"" + base::printable(key) + "\" in " + std::string(resource.event_type) + " (";
  for (const std::string_view name : known) what.append(name == k_type ? "" : ", ").append(name);
  what += ")";
  const std::string_view near = base::nearest(key, known);
  if (!near.empty()) what.append("; did you mean \"").append(near).append("\"?");
  return invalid(key, std::move(what));
}

std::expected<Envelope, EventError> open_envelope(const std::vector<JsonMember>& members) {
  const auto type = std::ranges::find(members, k_type, &JsonMember::key);
  Envelope envelope;
  if (type != members.end() && type->type == JsonType::string)
    envelope.resource = find_by_event_type(type->text);
  if (envelope.resource == nullptr) return unknown_type(type == members.end() ? nullptr : &*type);
  const Resource& resource = *envelope.resource;

  const JsonMember* first_type = nullptr;
  for (const JsonMember& member : members) {
    const JsonMember** place = nullptr;
    if (member.key == k_type) place = &first_type;
    if (member.key == resource.id_key) place = &envelope.id;
    if (member.key == resource.payload_key) place = &envelope.payload;
    if (member.key == k_timestamp && resource.payload == Payload::position) place = &envelope.timestamp;
    if (place == nullptr) return unknown_member(resource, member.key);
    if (*place != nullptr) return invalid(member.key, member.key + " is given twice");
    *place = &member;
  }
  return envelope;
}

std::expected<Event, EventError> position_event(const Topic& topic, const Envelope& envelope,
                                                base::WallTime now) {
  const std::string prefix = std::string(envelope.resource->payload_key) + ".";
  const auto members = members_of(envelope.payload->raw);
  if (!members) return std::unexpected(members.error());
  auto location = read_location(*members, prefix);
  if (!location) return std::unexpected(std::move(location.error()));
  if (envelope.timestamp != nullptr) {
    const auto time = read_timestamp(*envelope.timestamp, k_timestamp);
    if (!time) return std::unexpected(time.error());
    if (*time && location->time)
      return invalid(k_timestamp, "timestamp is given twice, beside and inside " +
                                      std::string(envelope.resource->payload_key));
    if (*time) location->time = *time;
  }
  return with_location(topic, std::move(*location), now);
}

}  // namespace

std::expected<Event, EventError> parse_payload(const Topic& topic, std::string_view body,
                                               const EventLimits& limits, base::WallTime now) {
  if (body.size() > limits.event_bytes_max) return too_large(body.size(), limits.event_bytes_max);
  if (resource_of(topic.kind).payload == Payload::object) {
    if (const auto checked = check_object(body); !checked) return malformed(checked.error());
    return with_object(topic, without_outer_space(body));
  }
  const auto members = members_of(body);
  if (!members) return std::unexpected(members.error());
  auto location = read_location(*members, {});
  if (!location) return std::unexpected(std::move(location.error()));
  return with_location(topic, std::move(*location), now);
}

std::expected<Event, EventError> parse_event(std::string_view line, const EventLimits& limits,
                                             base::WallTime now) {
  if (line.size() > limits.event_bytes_max + k_envelope_bytes_max)
    return too_large(line.size(), limits.event_bytes_max + k_envelope_bytes_max);
  const auto members = members_of(line);
  if (!members) return std::unexpected(members.error());
  const auto envelope = open_envelope(*members);
  if (!envelope) return std::unexpected(envelope.error());

  const Resource& resource = *envelope->resource;
  if (envelope->id == nullptr || envelope->id->type != JsonType::string || !is_valid_id(envelope->id->text)) {
    return invalid(resource.id_key, std::string(resource.id_key) +
                                        " must be a string of 1 to 128 characters of A-Z a-z 0-9 . _ ~ : -");
  }
  if (envelope->payload == nullptr || envelope->payload->type != JsonType::object) {
    return invalid(resource.payload_key, std::string(resource.payload_key) + " must be an object");
  }
  const std::string_view payload = envelope->payload->raw;
  if (payload.size() > limits.event_bytes_max) return too_large(payload.size(), limits.event_bytes_max);

  const Topic topic{resource.kind, envelope->id->text};
  if (resource.payload == Payload::object) return with_object(topic, payload);
  return position_event(topic, *envelope, now);
}

void append_event_json(std::string& out, const Event& event) {
  const Resource& resource = resource_of(event.topic.kind);
  out.append("{\"type\":\"").append(resource.event_type);
  out.append("\",\"").append(resource.id_key).append("\":\"").append(event.topic.id);
  out.append("\",\"").append(resource.payload_key).append("\":").append(event.payload);
  if (!event.timestamp.empty()) out.append(",\"timestamp\":\"").append(event.timestamp).append("\"");
  out += '}';
}

}  // namespace rt::model
