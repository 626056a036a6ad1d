// SPDX-License-Identifier: MIT
// Fields: what one line of input says by name (members of a JSON object, columns of a table, parameters of a
// query), asked for by any of several names. One that is absent, null, or of a query or table empty, is not
// there; of repeated ones the last counts. Pure; views the text it was made of, which outlives it.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/json.h"

namespace rt::gps {

enum class FieldType : std::uint8_t {
  none,    // null
  number,  // of JSON
  text,    // of JSON: a string
  word,    // of a query or a table: a number or a string
  other,   // an array, an object, a boolean
};

struct Field {
  std::string_view name;
  std::string_view text;  // a string without its quotes; else the bytes as they came
  FieldType type = FieldType::none;
};

using Names = std::array<std::string_view, 4>;  // the unused ones are empty

// Are numbers also taken from JSON strings? (From words they always are.)
enum class NumberForm : std::uint8_t { number, number_or_text };

class Fields {
 public:
  Fields() = default;
  explicit Fields(const std::vector<model::JsonMember>& members) { add(members); }

  void add(const std::vector<model::JsonMember>& members);
  void add(Field field) { fields_.push_back(field); }

  // The first of `names` that is there.
  const Field* find(const Names& names) const;
  // The error names the field.
  std::expected<std::optional<double>, std::string> number(const Names& names,
                                                           NumberForm form = NumberForm::number) const;
  // RFC 3339 text, or Unix time in seconds, or in milliseconds (from 10^11 on: the year 5138 in seconds).
  // A word may leave the offset out, and is UTC then.
  std::expected<std::optional<base::WallTime>, std::string> time(const Names& names,
                                                                 NumberForm form = NumberForm::number) const;
  // A string, or a number as it was written: devices like to be numbered. Empty when absent.
  std::expected<std::string, std::string> label(const Names& names) const;
  // Empty when absent or no string.
  std::string_view text(std::string_view name) const;
  // A field whose name is a misspelling of one of `names`, or nothing.
  std::string_view misspelt(const Names& names) const;

 private:
  std::vector<Field> fields_;
};

}  // namespace rt::gps
