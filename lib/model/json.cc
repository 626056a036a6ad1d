// SPDX-License-Identifier: MIT
#include "model/json.h"

// Without the conversions of its results that throw.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "model/json_fault.h"

namespace rt::model {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t k_usual_members = 8;
constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view k_space = " \t\r\n";
// A reader for longer ones is not kept.
constexpr std::size_t k_kept_bytes_max = std::size_t{64} * 1024;

JsonType type_of(ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::array:
      return JsonType::array;
    case ondemand::json_type::object:
      return JsonType::object;
    case ondemand::json_type::number:
      return JsonType::number;
    case ondemand::json_type::string:
      return JsonType::string;
    case ondemand::json_type::boolean:
      return JsonType::boolean;
    case ondemand::json_type::null:
      return JsonType::null;
  }
  return JsonType::null;
}

using Fault = simdjson::error_code;

// simdjson finds where values are, and checks of them what it is asked for: so every value is asked for,
// strings and numbers too.
class Reader {
 public:
  // Without `members` they are only checked.
  Fault read(std::string_view bytes, std::vector<JsonMember>* members) {
    copy_.resize(bytes.size() + simdjson::SIMDJSON_PADDING);
    std::ranges::copy(bytes, copy_.begin());
    bytes_ = bytes;
    ondemand::object object;
    if (const Fault fault = parser_.iterate(copy_.data(), bytes.size(), copy_.size()).get(document_))
      return fault;
    if (const Fault fault = document_.get_object().get(object)) return fault;
    if (const Fault fault = members == nullptr ? check_fields(object, 1) : read_members(object, *members))
      return fault;
    const bool at_end = document_.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }

  // After DEPTH_ERROR: where the first value stands that is too deep.
  std::size_t too_deep_at() const { return too_deep_at_; }

 private:
  // Of what comes next.
  std::size_t offset() {
    const char* at = nullptr;
    if (document_.current_location().get(at) != simdjson::SUCCESS) return bytes_.size();
    return std::min(static_cast<std::size_t>(at - copy_.data()), bytes_.size());
  }

  Fault read_members(ondemand::object& object, std::vector<JsonMember>& members) {
    for (auto field : object) {
      std::string_view key;
      ondemand::value value;
      if (const Fault fault = field.unescaped_key().get(key)) return fault;
      members.push_back({std::string(key), {}, JsonType::null, {}});
      if (const Fault fault = field.value().get(value)) return fault;
      if (const Fault fault = read_member(members.back(), value)) return fault;
    }
    return simdjson::SUCCESS;
  }

  Fault read_member(JsonMember& member, ondemand::value& value) {
    const std::size_t start = offset();
    ondemand::json_type type{};
    if (const Fault fault = value.type().get(type)) return fault;
    member.type = type_of(type);
    if (const Fault fault = member.type == JsonType::string ? read_text(member, value) : check(value, 1))
      return fault;
    // What comes next is a comma or the end of the object.
    const std::string_view raw = bytes_.substr(start, offset() - start);
    member.raw = raw.substr(0, raw.find_last_not_of(k_space) + 1);
    return simdjson::SUCCESS;
  }

  static Fault read_text(JsonMember& member, ondemand::value& value) {
    std::string_view text;
    const Fault fault = value.get_string().get(text);
    member.text = text;
    return fault;
  }

  // A value within `depth` objects and arrays.
  Fault check(ondemand::value& value, std::size_t depth) {
    ondemand::json_type type{};
    if (const Fault fault = value.type().get(type)) return fault;
    switch (type) {
      case ondemand::json_type::object:
        return check_object(value, depth);
      case ondemand::json_type::array:
        return check_array(value, depth);
      case ondemand::json_type::string:
        return value.get_string().error();
      case ondemand::json_type::number:
        return value.get_double().error();
      case ondemand::json_type::boolean:
        return value.get_bool().error();
      case ondemand::json_type::null:
        return check_null(value);
    }
    return simdjson::TAPE_ERROR;
  }

  static Fault check_null(ondemand::value& value) {
    bool is_null = false;
    if (const Fault fault = value.is_null().get(is_null)) return fault;
    return is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
  }

  Fault check_object(ondemand::value& value, std::size_t depth) {
    if (depth == k_json_depth_max) return too_deep();
    ondemand::object object;
    if (const Fault fault = value.get_object().get(object)) return fault;
    return check_fields(object, depth + 1);
  }

  Fault check_fields(ondemand::object& object, std::size_t depth) {
    for (auto field : object) {
      ondemand::value value;
      if (const Fault fault = field.unescaped_key().error()) return fault;
      if (const Fault fault = field.value().get(value)) return fault;
      if (const Fault fault = check(value, depth)) return fault;
    }
    return simdjson::SUCCESS;
  }

  Fault check_array(ondemand::value& value, std::size_t depth) {
    if (depth == k_json_depth_max) return too_deep();
    ondemand::array array;
    if (const Fault fault = value.get_array().get(array)) return fault;
    for (auto element : array) {
      ondemand::value inner;
      if (const Fault fault = std::move(element).get(inner)) return fault;
      if (const Fault fault = check(inner, depth + 1)) return fault;
    }
    return simdjson::SUCCESS;
  }

  Fault too_deep() {
    too_deep_at_ = offset();
    return simdjson::DEPTH_ERROR;
  }

  ondemand::parser parser_;
  ondemand::document document_;
  std::vector<char> copy_;  // of the bytes, with the room behind them that simdjson reads over
  std::string_view bytes_;
  std::size_t too_deep_at_ = 0;
};

std::unexpected<JsonError> refuse(std::size_t offset, std::string_view what) {
  return std::unexpected(
      JsonError{offset, std::string(what).append(" at byte ").append(std::to_string(offset))});
}

std::expected<void, JsonError> read_with(Reader& reader, std::string_view bytes,
                                         std::vector<JsonMember>* members) {
  const Fault fault = reader.read(bytes, members);
  if (fault == simdjson::SUCCESS) return {};
  if (fault == simdjson::DEPTH_ERROR) return refuse(reader.too_deep_at(), "nested too deeply");
  if (fault == simdjson::MEMALLOC) return refuse(0, "no memory to read it");
  auto found = find_json_fault(bytes);
  if (!found) return refuse(0, "malformed");
  return std::unexpected(std::move(*found));
}

std::expected<void, JsonError> read(std::string_view bytes, std::vector<JsonMember>* members) {
  if (bytes.starts_with(k_byte_order_mark)) return refuse(0, "byte order mark");
  // A NUL is the end of input to some.
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) return refuse(nul, "NUL");

  if (bytes.size() > k_kept_bytes_max) {
    Reader reader;
    return read_with(reader, bytes, members);
  }
  thread_local Reader reader;
  return read_with(reader, bytes, members);
}

}  // namespace

std::expected<std::vector<JsonMember>, JsonError> parse_object(std::string_view bytes) {
  std::vector<JsonMember> members;
  members.reserve(k_usual_members);
  if (auto read_whole = read(bytes, &members); !read_whole)
    return std::unexpected(std::move(read_whole).error());
  return members;
}

std::expected<void, JsonError> check_object(std::string_view bytes) {
  return read(bytes, nullptr);
}

double number_of(std::string_view raw) {
  double value = 0;
  // Out of range can only be too near to 0: the parser refuses what is too large.
  std::from_chars(raw.data(), raw.data() + raw.size(), value);
  return value;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr char k_hex_digits[] = "0123456789abcdef";
  const auto stands_for_itself = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  out += '"';
  while (true) {
    const auto plain_until = std::ranges::find_if_not(text, stands_for_itself);
    out.append(text.begin(), plain_until);
    text = {plain_until, text.end()};
    if (text.empty()) break;
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = base::utf8_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD stands for a byte that is no UTF-8
    } else if (first == '"' || first == '\\') {
      out += '\\';
      out += text[0];
    } else if (first < 0x20) {
      out += "\\u00";
      out += k_hex_digits[first >> 4U];
      out += k_hex_digits[first & 15U];
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

}  // namespace rt::model
