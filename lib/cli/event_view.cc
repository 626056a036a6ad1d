// SPDX-License-Identifier: MIT
#include "cli/event_view.h"

#include "base/text.h"

namespace rt::cli {
namespace {

const model::JsonMember* find(const std::vector<model::JsonMember>& members, std::string_view key) {
  for (const auto& member : members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

}  // namespace

std::optional<EventView> view_event(std::string_view data) {
  auto members = model::parse_object(data);
  if (!members) return std::nullopt;
  EventView view;
  view.members = *std::move(members);
  const auto* type = find(view.members, "type");
  view.resource = type == nullptr ? nullptr : model::find_by_event_type(type->text);
  if (view.resource != nullptr) {
    const auto* id = find(view.members, view.resource->id_key);
    const auto* payload = find(view.members, view.resource->payload_key);
    auto payload_members = payload == nullptr ? model::parse_object("") : model::parse_object(payload->raw);
    if (id == nullptr || !payload_members) {
      view.resource = nullptr;
    } else {
      view.id = id->text;
      view.payload = *std::move(payload_members);
      const auto* snapshot = find(view.members, "snapshot");
      view.is_snapshot = snapshot != nullptr && snapshot->raw == "true";
    }
  }
  if (view.resource == nullptr) view.payload = view.members;
  return view;
}

std::optional<std::string> field_text(const EventView& event, std::string_view key) {
  const auto* member = find(event.payload, key);
  if (member == nullptr) member = find(event.members, key);
  if (member == nullptr) return std::nullopt;
  return member->type == model::JsonType::string ? member->text : std::string(member->raw);
}

bool field_is(const EventView& event, std::string_view key, std::string_view value) {
  const auto text = field_text(event, key);
  if (!text) return false;
  if (*text == value) return true;
  const auto left = base::parse_decimal(*text);
  const auto right = base::parse_decimal(value);
  return left && right && *left == *right;
}

}  // namespace rt::cli
