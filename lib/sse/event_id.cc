// SPDX-License-Identifier: MIT
#include "sse/event_id.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace rt::sse {

namespace {

std::optional<std::uint64_t> parse_canonical(std::string_view text) {
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  return base::parse_unsigned(text);
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

}  // namespace

std::optional<EventId> parse_event_id(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto ms = parse_canonical(text.substr(0, dash));
  const auto n = parse_canonical(text.substr(dash + 1));
  if (!ms || !n) return std::nullopt;
  return EventId{*ms, *n};
}

std::string format_event_id(EventId id) {
  std::string out;
  append_event_id(out, id);
  return out;
}

void append_event_id(std::string& out, EventId id) {
  append_number(out, id.ms);
  out += '-';
  append_number(out, id.n);
}

}  // namespace rt::sse
