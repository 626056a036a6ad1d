// SPDX-License-Identifier: MIT
// How the parser reads the values of the fields that steer it. Inner part of http/request_parser.
#pragma once

#include <string_view>

namespace rt::http {

// One decimal number as everybody writes it: no sign, no leading zero, no list.
bool is_plain_number(std::string_view value);

// Stands `value`, a view into a head, behind its colon with at most one space, and nothing between it and the
// CRLF? Other padding of the fields that frame a body is read differently by different servers.
bool is_unpadded(std::string_view value);

// Is `token` an element of the comma-separated list, in any case?
bool lists(std::string_view list, std::string_view token);

}  // namespace rt::http
