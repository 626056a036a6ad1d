// SPDX-License-Identifier: MIT
// Publish bodies and lines of NDJSON: what is accepted is one line of JSON by a second opinion too, keeps
// what it said, and is accepted again unchanged; what is refused names a reason without raw bytes of the
// input.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "base/time_text.h"
#include "model/event.h"
#include "model/json.h"
#include "model/json_fault.h"

namespace {

using rt::model::Event;
using rt::model::EventError;

constexpr rt::model::EventLimits k_limits{.event_bytes_max = 4096};
constexpr rt::base::WallTime k_now{std::chrono::milliseconds(1703082900000)};

void require(bool holds) {
  if (!holds) std::abort();
}

std::string json_of(const Event& event) {
  std::string json;
  append_event_json(json, event);
  return json;
}

void check_refusal(const EventError& error) {
  require(!error.what.empty() && error.what.size() < 1024);
  require(rt::base::is_valid_utf8(error.what) && rt::base::is_valid_utf8(error.field));
  require(error.what.find_first_of("\r\n\x1B") == std::string::npos);
  require(error.fault == rt::model::EventFault::invalid || error.field.empty());
}

// The member views of an object, put together again, are the object.
void check_members(std::string_view json) {
  const auto members = rt::model::parse_object(json);
  require(members.has_value());
  std::string again;
  for (const rt::model::JsonMember& member : *members) {
    again += again.empty() ? '{' : ',';
    rt::model::append_json_string(again, member.key);
    again.append(":").append(member.raw);
  }
  if (again.empty()) again += '{';
  again += '}';
  const auto members_again = rt::model::parse_object(again);
  require(members_again.has_value() && members_again->size() == members->size());
  for (std::size_t i = 0; i < members->size(); ++i) {
    const auto& before = (*members)[i];
    const auto& after = (*members_again)[i];
    require(before.key == after.key && before.raw == after.raw && before.type == after.type &&
            before.text == after.text);
  }
}

void check_accepted(const Event& event) {
  const std::string json = json_of(event);
  require(json.find_first_of("\r\n") == std::string::npos);
  require(rt::base::is_valid_utf8(json));
  check_members(event.payload);
  check_members(json);
  require(event.timestamp.empty() ||
          rt::base::format_time(*rt::base::parse_time(event.timestamp)) == event.timestamp);
  const rt::model::EventLimits roomy{.event_bytes_max = 4 * k_limits.event_bytes_max};
  const auto again = parse_event(json, roomy, k_now + std::chrono::hours(1));
  // The envelope is one level more, and a control character in a key may be spelled longer than it came.
  if (again) {
    require(json_of(*again) == json);
  } else {
    require(again.error().what.find("nested too deeply") != std::string::npos);
  }
}

// Both parsers take the same: nobody is refused without a reason, and clients that read by another get
// nothing that theirs refuses.
void check_second_opinion(std::string_view body) {
  const auto members = rt::model::parse_object(body);
  const auto checked = rt::model::check_object(body);
  require(checked.has_value() == members.has_value());
  if (members) {
    require(!rt::model::find_json_fault(body));
  } else {
    require(!members.error().what.starts_with("malformed"));
    require(checked.error().what == members.error().what);
  }
}

void check(const std::expected<Event, EventError>& event) {
  if (event) {
    check_accepted(*event);
  } else {
    check_refusal(event.error());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(bytes), size);
  check_second_opinion(body);
  check(parse_payload({rt::model::Kind::order, "O-1"}, body, k_limits, k_now));
  check(parse_payload({rt::model::Kind::driver, "D-7"}, body, k_limits, k_now));
  check(parse_event(body, k_limits, k_now));
  return 0;
}
