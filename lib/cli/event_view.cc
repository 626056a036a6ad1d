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

std::optional<std::string> text_at(const std::vector<model::JsonMember>& members, std::string_view path) {
  if (const auto* member = find(members, path)) {
    return member->type == model::JsonType::string ? member->text : std::string(member->raw);
  }
  const auto dot = path.find('.');
  const auto* outer = dot == std::string_view::npos ? nullptr : find(members, path.substr(0, dot));
  if (outer == nullptr) return std::nullopt;
  const auto inner = model::parse_object(outer->raw);
  return inner ? text_at(*inner, path.substr(dot + 1)) : std::nullopt;
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
  auto text = text_at(event.payload, key);
  return text ? text : text_at(event.members, key);
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
