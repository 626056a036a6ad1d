// SPDX-License-Identifier: MIT
// RFC 3339 date-times. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rt::base {

// "2023-12-20T14:35:00.000Z": always UTC, always three decimals. Years 0000 to 9999.
std::string format_time(WallTime time);

// RFC 3339 section 5.6 date-time: offset required ('Z' or +hh:mm), fraction optional (cut to milliseconds),
// 't' and 'z' and a space instead of 'T' accepted, leap second 60 taken as the second that follows. Nothing
// when it is not one or names a day that does not exist.
std::optional<WallTime> parse_time(std::string_view text);

}  // namespace rt::base
