// SPDX-License-Identifier: MIT
#include "http/field_value.h"

#include <algorithm>

#include "base/text.h"

namespace rt::http {

bool is_plain_number(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), base::is_digit) &&
         (value.front() != '0' || value.size() == 1);
}

bool is_unpadded(std::string_view value) {
  const char* before = value.data() - 1;
  if (*before == ' ') --before;
  const char* behind = value.data() + value.size();
  return *before == ':' && *behind == '\r';
}

bool lists(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::string_view element = list.substr(0, list.find(','));
    if (base::equal_ignoring_case(base::trim(element), token)) return true;
    list.remove_prefix(std::min(element.size() + 1, list.size()));
  }
  return false;
}

}  // namespace rt::http
