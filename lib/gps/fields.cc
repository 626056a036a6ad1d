// SPDX-License-Identifier: MIT
#include "gps/fields.h"

#include <cmath>

#include "base/text.h"
#include "base/time_text.h"

namespace rt::gps {
namespace {

constexpr double k_first_milliseconds = 1e11;
constexpr double k_year_10000_ms = 253402300800000.0;

}  // namespace

const model::JsonMember* Fields::find(Names names) const {
  for (const auto name : names) {
    for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
      if (member->key == name) {
        if (member->type != model::JsonType::null) {
          return &*member;
        }
        break;
      }
    }
  }
  return nullptr;
}

std::expected<std::optional<double>, std::string> Fields::number(Names names) const {
  const auto* member = find(names);
  if (member == nullptr) {
    return std::nullopt;
  }
  if (member->type != model::JsonType::number) {
    return std::unexpected(member->key + " must be a number");
  }
  return model::number_of(member->raw);
}

std::expected<std::optional<base::WallTime>, std::string> Fields::time(Names names) const {
  const auto* member = find(names);
  if (member == nullptr) {
    return std::nullopt;
  }
  if (member->type == model::JsonType::string) {
    if (const auto time = base::parse_time(member->text)) {
      return time;
    }
  } else if (member->type == model::JsonType::number) {
    double ms = model::number_of(member->raw);
    ms = ms < k_first_milliseconds ? ms * 1000 : ms;
    if (ms >= 0 && ms < k_year_10000_ms) {
      return base::WallTime(std::chrono::milliseconds(std::llround(ms)));
    }
  }
  return std::unexpected(member->key + " must be a time like 2023-12-20T14:35:00Z, not " +
                         base::printable(member->raw, 40));
}

std::string_view Fields::text(std::string_view name) const {
  const auto* member = find({name});
  return member == nullptr || member->type != model::JsonType::string ? std::string_view{} : member->text;
}

}  // namespace rt::gps
