// SPDX-License-Identifier: MIT
// Fields: the top-level members of a JSON object, asked for by any of several names. A member that is null
// counts as absent; of repeated ones the last counts. Pure; views the members, which outlive it.
#pragma once

#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/json.h"

namespace rt::gps {

class Fields {
 public:
  explicit Fields(const std::vector<model::JsonMember>& members) : members_(members) {}

  using Names = std::initializer_list<std::string_view>;

  // The first of `names` that is there.
  const model::JsonMember* find(Names names) const;
  // The error names the field.
  std::expected<std::optional<double>, std::string> number(Names names) const;
  // RFC 3339 text, or Unix time in seconds, or in milliseconds (from 10^11 on: the year 5138 in seconds).
  std::expected<std::optional<base::WallTime>, std::string> time(Names names) const;
  // Empty when absent or no string.
  std::string_view text(std::string_view name) const;

 private:
  const std::vector<model::JsonMember>& members_;
};

}  // namespace rt::gps
