// SPDX-License-Identifier: MIT
// EventId: the `MS-N` identifier of every event, Unix milliseconds and a counter within the millisecond, the
// form of a Redis Stream entry id. Ids of one store rise strictly. Pure value; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rt::sse {

struct EventId {
  std::uint64_t ms = 0;
  std::uint64_t n = 0;
  auto operator<=>(const EventId&) const = default;
};

// "1703082900000-0"; decimal digits without leading zeros on both sides, each below 2^64. Nothing otherwise.
std::optional<EventId> parse_event_id(std::string_view text);
std::string format_event_id(EventId id);
void append_event_id(std::string& out, EventId id);

}  // namespace rt::sse
