// SPDX-License-Identifier: MIT
#include "gps/fields.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/time_text.h"

namespace rt::gps {
namespace {

constexpr double k_first_milliseconds = 1e11;
constexpr double k_year_10000_ms = 253402300800000.0;

Field field_of(const model::JsonMember& member) {
  switch (member.type) {
    case model::JsonType::null:
      return {member.key, {}, FieldType::none};
    case model::JsonType::number:
      return {member.key, member.raw, FieldType::number};
    case model::JsonType::string:
      return {member.key, member.text, FieldType::text};
    default:
      return {member.key, member.raw, FieldType::other};
  }
}

bool is_there(const Field& field) {
  return field.type != FieldType::none && !(field.type == FieldType::word && field.text.empty());
}

std::optional<double> number_in(const Field& field, NumberForm form) {
  if (field.type == FieldType::number) {
    return model::number_of(field.text);
  }
  const bool is_text = field.type == FieldType::text && form == NumberForm::number_or_text;
  return is_text || field.type == FieldType::word ? base::parse_decimal(field.text) : std::nullopt;
}

std::string error_name(const Field& field) {
  return base::printable(field.name, 40);
}

}  // namespace

void Fields::add(const std::vector<model::JsonMember>& members) {
  std::ranges::transform(members, std::back_inserter(fields_), field_of);
}

const Field* Fields::find(const Names& names) const {
  for (const auto name : names) {
    for (auto field = fields_.rbegin(); field != fields_.rend() && !name.empty(); ++field) {
      if (field->name == name) {
        if (is_there(*field)) {
          return &*field;
        }
        break;
      }
    }
  }
  return nullptr;
}

std::expected<std::optional<double>, std::string> Fields::number(const Names& names, NumberForm form) const {
  const auto* field = find(names);
  if (field == nullptr) {
    return std::nullopt;
  }
  if (const auto number = number_in(*field, form)) {
    return number;
  }
  std::string what = error_name(*field) + " must be a number";
  if (field->type == FieldType::word) {
    what += ", not '" + base::printable(field->text, 40) + "'";
  }
  return std::unexpected(std::move(what));
}

std::expected<std::optional<base::WallTime>, std::string> Fields::time(const Names& names,
                                                                       NumberForm form) const {
  const auto* field = find(names);
  if (field == nullptr) {
    return std::nullopt;
  }
  if (const auto number = number_in(*field, form)) {
    const double ms = *number < k_first_milliseconds ? *number * 1000 : *number;
    if (ms >= 0 && ms < k_year_10000_ms) {
      return base::WallTime(std::chrono::milliseconds(std::llround(ms)));
    }
  } else if (field->type == FieldType::text || field->type == FieldType::word) {
    auto time = base::parse_time(field->text);
    if (!time && field->type == FieldType::word) {
      time = base::parse_time(std::string(field->text) + "Z");
    }
    if (time) {
      return time;
    }
  }
  return std::unexpected(error_name(*field) + " must be a time like 2023-12-20T14:35:00Z, not '" +
                         base::printable(field->text, 40) + "'");
}

std::expected<std::string, std::string> Fields::label(const Names& names) const {
  const auto* field = find(names);
  if (field == nullptr) {
    return std::string{};
  }
  if (field->type == FieldType::other) {
    return std::unexpected(error_name(*field) + " must be a string");
  }
  return std::string(field->text);
}

std::string_view Fields::text(std::string_view name) const {
  const auto* field = find({name});
  return field == nullptr || field->type != FieldType::text ? std::string_view{} : field->text;
}

std::string_view Fields::misspelt(const Names& names) const {
  for (const auto& field : fields_) {
    const auto near = base::nearest(field.name, names);
    if (!near.empty() && near != field.name) {
      return field.name;
    }
  }
  return {};
}

}  // namespace rt::gps
