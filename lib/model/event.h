// SPDX-License-Identifier: MIT
// Event: what somebody publishes, checked. The payload is kept as the bytes that came. An event gets its id
// from the store, and its final bytes from store/frame.h. Pure values; any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/topic.h"

namespace rt::model {

struct Event {
  Topic topic;
  std::string payload;    // a JSON object on one line: `data` or `location`
  std::string timestamp;  // RFC 3339, UTC with milliseconds; only where the kind's payload is a position
};

enum class EventFault {
  malformed,  // 400: no JSON object
  too_large,  // 413
  invalid,    // 422: well-formed, but a field is missing or out of range
};

struct EventError {
  EventFault fault;
  std::string field;  // "location.latitude"; empty where no field is to blame
  std::string what;   // "latitude must be a number from -90 to 90"; names the field
};

struct EventLimits {
  std::size_t event_bytes_max = std::size_t{64} * 1024;
};

// The body of a POST to the topic's stream URL. `now` stands in where a position brings no timestamp.
std::expected<Event, EventError> parse_payload(const Topic& topic, std::string_view body,
                                               const EventLimits& limits, base::WallTime now);
// One whole event, `{"type":"order_update","orderId":"O-1","data":{...}}`: a line of NDJSON.
std::expected<Event, EventError> parse_event(std::string_view line, const EventLimits& limits,
                                             base::WallTime now);

// The JSON of the event as subscribers get it: type, id key, payload key, and timestamp where it has one.
void append_event_json(std::string& out, const Event& event);

}  // namespace rt::model
