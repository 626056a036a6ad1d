// SPDX-License-Identifier: MIT
// Reading of JSON that may decide who comes in: what is said twice is refused, not resolved. For this room
// alone. Pure; any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "model/json.h"

namespace rt::auth {

using Members = std::vector<model::JsonMember>;

// One JSON object in which no member is named twice; `what` names it in errors ("the token's header").
std::expected<Members, std::string> parse_unique_members(std::string_view json, std::string_view what);

// The member's value, or null when there is none of this name.
const model::JsonMember* find_member(const Members& members, std::string_view key);

// The elements of a JSON array that is known to be well-formed, as views into it, without space around.
std::vector<std::string_view> elements_of(std::string_view array);

// The strings of a member; the error is "is no array of strings" or "has more than 5 entries".
std::expected<std::vector<std::string>, std::string> strings_of(const model::JsonMember& member,
                                                                std::size_t count_max);

}  // namespace rt::auth
