// SPDX-License-Identifier: MIT
// An event as a terminal tool looks at it: the message's data, and in it the payload of rtserve's three
// kinds. Pure values; any thread. A view: the data outlives it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json.h"
#include "model/resource.h"

namespace rt::cli {

struct EventView {
  const model::Resource* resource = nullptr;  // null: an object, but no event of rtserve
  std::string id;                             // of the order, run or driver
  bool is_snapshot = false;
  std::vector<model::JsonMember> payload;  // of `data` or `location`; without a resource: all members
  std::vector<model::JsonMember> members;
};

// Nothing when `data` is no JSON object.
std::optional<EventView> view_event(std::string_view data);

// What people see of a member: the text of a string, else the JSON as it came. Looks in the payload, then in
// the event itself; where no member has that name, "a.b" is the b in the object a. Nothing when there is
// none.
std::optional<std::string> field_text(const EventView& event, std::string_view key);

// Is the member's value `value`? Numbers compare as numbers.
bool field_is(const EventView& event, std::string_view key, std::string_view value);

}  // namespace rt::cli
