// SPDX-License-Identifier: MIT
#include "model/json.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace rt::model {

namespace {

using nlohmann::json;

constexpr std::size_t k_usual_members = 8;
constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

// Reads bytes for the lexer and publishes how far it has come: after every token but a number the lexer has
// read exactly to its end, after a number possibly one byte more.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** read) : at_(at), read_(read) {}
  const char& operator*() const { return *at_; }
  CountingIterator& operator++() {
    *read_ = ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** read_;
};

// What nlohmann says, without its prefix and without bytes of the input.
std::string short_reason(std::string_view message) {
  const std::size_t dash = message.find(" - ");
  if (dash == std::string_view::npos) return "number out of range";
  message.remove_prefix(dash + 3);
  return std::string(message.substr(0, message.find(';')));
}

// The SAX consumer: notes the members of the outermost object, and only counts depth inside them.
class MemberCollector {
 public:
  MemberCollector(std::string_view bytes, const char* const& read) : bytes_(bytes), read_(read) {
    members_.reserve(k_usual_members);
  }

  bool null() { return value(JsonType::null); }
  bool boolean(bool) { return value(JsonType::boolean); }
  bool number_integer(json::number_integer_t) { return value(JsonType::number); }
  bool number_unsigned(json::number_unsigned_t) { return value(JsonType::number); }
  bool number_float(json::number_float_t, const std::string&) { return value(JsonType::number); }
  bool binary(json::binary_t&) { return false; }
  bool string(std::string& text) {
    if (depth_ == 1 && in_object_) members_.back().text = text;
    return value(JsonType::string);
  }
  bool start_object(std::size_t) { return open(JsonType::object); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(JsonType::array); }
  bool end_array() { return close(); }
  bool key(std::string& key) {
    if (depth_ == 1) {
      members_.push_back({key, {}, JsonType::null, {}});
      value_start_ = read_;
    }
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& why) {
    if (!error_) fail(std::min(position == 0 ? 0 : position - 1, bytes_.size()), short_reason(why.what()));
    return false;
  }

  std::expected<std::vector<JsonMember>, JsonError> result() && {
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(members_);
  }

 private:
  bool value(JsonType type) {
    if (depth_ == 0) return fail(0, "not an object");
    if (depth_ == 1) note(type, read_);
    return true;
  }

  bool open(JsonType type) {
    if (depth_ == 0 && type != JsonType::object) return fail(0, "not an object");
    if (depth_ == k_json_depth_max)
      return fail(static_cast<std::size_t>(read_ - bytes_.data()) - 1, "nested too deeply");
    if (depth_ == 0) in_object_ = true;
    if (depth_ == 1) members_.back().type = type;
    ++depth_;
    return true;
  }

  bool close() {
    --depth_;
    if (depth_ == 1) note(members_.back().type, read_);
    return true;
  }

  // The bytes between the key and `end`, which the parser has found well-formed, are space, a colon, space
  // and the value.
  void note(JsonType type, const char* end) {
    const char* start = value_start_;
    while (*start == ' ' || *start == '\t' || *start == '\n' || *start == '\r' || *start == ':') ++start;
    if (type == JsonType::number) {
      constexpr std::string_view k_number_characters = "0123456789+-.eE";
      end = std::find_if(start, end,
                         [&](char c) { return k_number_characters.find(c) == std::string_view::npos; });
    }
    members_.back().type = type;
    members_.back().raw = {start, end};
  }

  bool fail(std::size_t offset, std::string what) {
    what += " at byte " + std::to_string(offset);
    error_ = JsonError{offset, std::move(what)};
    return false;
  }

  std::string_view bytes_;
  const char* const& read_;
  const char* value_start_ = nullptr;
  std::size_t depth_ = 0;
  bool in_object_ = false;
  std::vector<JsonMember> members_;
  std::optional<JsonError> error_;
};

std::unexpected<JsonError> refuse(std::size_t offset, std::string_view what) {
  return std::unexpected(
      JsonError{offset, std::string(what).append(" at byte ").append(std::to_string(offset))});
}

}  // namespace

std::expected<std::vector<JsonMember>, JsonError> parse_object(std::string_view bytes) {
  if (bytes.starts_with(k_byte_order_mark)) return refuse(0, "byte order mark");
  // nlohmann takes a NUL for the end of input, and would let pass whatever follows it.
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) return refuse(nul, "NUL");

  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* read = begin;
  MemberCollector collector(bytes, read);
  json::sax_parse(CountingIterator(begin, &read), CountingIterator(end, &read), &collector);
  return std::move(collector).result();
}

double number_of(std::string_view raw) {
  double value = 0;
  // Out of range can only be too near to 0: the parser refuses what is too large.
  std::from_chars(raw.data(), raw.data() + raw.size(), value);
  return value;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr char k_hex_digits[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
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
