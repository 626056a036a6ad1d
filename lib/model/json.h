// SPDX-License-Identifier: MIT
// Checking of JSON that is passed on rather than understood: one pass of simdjson over the bytes, which
// yields the top-level members as views of the bytes that came. Key order, number spelling and Unicode
// therefore stay as they were, and no tree is built. Any thread; each keeps a reader's buffers.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace rt::model {

enum class JsonType { null, boolean, number, string, array, object };

struct JsonMember {
  std::string key;       // unescaped
  std::string_view raw;  // the value's bytes, without space around
  JsonType type;
  std::string text;  // the unescaped value when it is a string, else empty
};

struct JsonError {
  std::size_t offset;  // bytes from the start
  std::string what;    // "unexpected end of input at byte 12"
};

inline constexpr std::size_t k_json_depth_max = 64;

// RFC 8259 with: UTF-8 only, no byte order mark, depth at most k_json_depth_max. `bytes` must be one object;
// the members' views point into it. Repeated keys are returned as often as they came.
std::expected<std::vector<JsonMember>, JsonError> parse_object(std::string_view bytes);

// Is it such an object? For who passes it on without a look inside.
std::expected<void, JsonError> check_object(std::string_view bytes);

// The number that `raw` (a JSON number) spells.
double number_of(std::string_view raw);
// `text` as a JSON string, with quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace rt::model
