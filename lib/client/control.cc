// SPDX-License-Identifier: MIT
#include "client/control.h"

#include "base/text.h"
#include "model/json.h"

namespace rt::client {
namespace {

constexpr std::uint64_t k_seconds_max = 24UL * 60 * 60;

std::optional<std::chrono::seconds> seconds_of(std::string_view raw) {
  const auto seconds = base::parse_unsigned(raw);
  if (!seconds || *seconds > k_seconds_max) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(*seconds));
}

std::optional<ControlType> type_of(std::string_view name) {
  if (name == "connected") return ControlType::connected;
  if (name == "gap") return ControlType::gap;
  if (name == "token_expiring") return ControlType::token_expiring;
  return std::nullopt;
}

}  // namespace

std::optional<Control> parse_control(std::string_view data) {
  const auto members = model::parse_object(data);
  if (!members) return std::nullopt;
  std::optional<ControlType> type;
  for (const auto& member : *members) {
    if (member.key == "type") type = type_of(member.text);
  }
  if (!type) return std::nullopt;
  Control control{.type = *type, .heartbeat = {}, .resume = {}, .missed = {}, .reason = {}, .expires_in = {}};
  for (const auto& member : *members) {
    if (member.key == "heartbeat") control.heartbeat = seconds_of(member.raw);
    if (member.key == "resume") control.resume = base::printable(member.text);
    if (member.key == "missed") control.missed = base::parse_unsigned(member.raw);
    if (member.key == "reason") control.reason = base::printable(member.text, 200);
    if (member.key == "expiresIn") control.expires_in = seconds_of(member.raw);
  }
  return control;
}

}  // namespace rt::client
