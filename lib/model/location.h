// SPDX-License-Identifier: MIT
// The payload of a position event as it came, checked: what event.cc needs to know of it. Members that the
// contract does not name are passed through. Pure; any thread.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/event.h"
#include "model/json.h"

namespace rt::model {

struct Location {
  std::string json;                    // one line, without `timestamp` and without unknown (null) values
  std::optional<base::WallTime> time;  // the `timestamp` member
};

// `prefix` ("location." or nothing) goes before the field's name in errors.
std::expected<Location, EventError> read_location(const std::vector<JsonMember>& members,
                                                  std::string_view prefix);

// The value of a `timestamp` member called `field`; null is no time.
std::expected<std::optional<base::WallTime>, EventError> read_timestamp(const JsonMember& member,
                                                                        std::string_view field);

// `json` without line ends, which JSON has only between its tokens.
void append_on_one_line(std::string& out, std::string_view json);

}  // namespace rt::model
