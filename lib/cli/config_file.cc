// SPDX-License-Identifier: MIT
#include "cli/config_file.h"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"

namespace rt::cli {
namespace {

bool is_bare_key(char c) {
  return base::is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::expected<std::vector<ConfigEntry>, ConfigFault> run() {
    if (rest_.size() > k_config_bytes_max) return std::unexpected(ConfigFault{1, "the file is over 1 MiB"});
    if (!base::is_valid_utf8(rest_)) return std::unexpected(ConfigFault{1, "the file is not UTF-8"});
    while (skip_to_statement() && statement()) {
    }
    if (!fault_.empty()) return std::unexpected(ConfigFault{line_, fault_});
    return std::move(entries_);
  }

 private:
  bool fail(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
    return false;
  }

  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++line_;
    return c;
  }
  bool take_if(char c) {
    if (rest_.empty() || peek() != c) return false;
    take();
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') take();
  }
  void skip_comment() {
    if (peek() == '#') rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
  }
  // Blanks, comments and line ends. False at the end of the file.
  bool skip_to_statement() {
    while (!rest_.empty()) {
      skip_blanks();
      skip_comment();
      if (peek() != '\r' && peek() != '\n') return !rest_.empty();
      take();
    }
    return false;
  }
  bool end_of_line() {
    skip_blanks();
    skip_comment();
    take_if('\r');
    if (rest_.empty() || peek() == '\n') return true;
    return fail("unexpected '" + base::printable(rest_.substr(0, 1)) + "' behind the value");
  }

  bool statement() {
    if (take_if('[')) return section_header();
    ConfigEntry entry;
    entry.line = line_;
    if (!dotted_key(entry.section)) return false;
    entry.key = std::move(entry.section.back());
    entry.section.pop_back();
    entry.section.insert(entry.section.begin(), section_.begin(), section_.end());
    if (!take_if('=')) return fail("expected '=' behind '" + base::printable(entry.key) + "'");
    skip_blanks();
    if (!(peek() == '[' ? array(entry.values) : value(entry.values)) || !end_of_line()) return false;
    auto name = entry.section;
    name.push_back(entry.key);
    if (!seen_.insert(std::move(name)).second) {
      line_ = entry.line;
      return fail("'" + base::printable(entry.key) + "' was given before");
    }
    entries_.push_back(std::move(entry));
    return true;
  }

  bool section_header() {
    if (peek() == '[') return fail("tables in arrays ([[...]]) are not used here");
    section_.clear();
    if (!dotted_key(section_)) return false;
    if (!take_if(']')) return fail("a section's name ends with ']'");
    return end_of_line();
  }

  bool dotted_key(std::vector<std::string>& parts) {
    do {
      skip_blanks();
      std::string part;
      if (peek() == '"' || peek() == '\'') {
        if (!quoted(part)) return false;
      } else {
        while (is_bare_key(peek())) part.push_back(take());
      }
      if (part.empty()) return fail("expected a key");
      parts.push_back(std::move(part));
      skip_blanks();
    } while (take_if('.'));
    return true;
  }

  bool value(std::vector<std::string>& values) {
    std::string text;
    if (peek() == '"' || peek() == '\'') {
      if (!quoted(text)) return false;
    } else {
      if (!bare(text)) return false;
    }
    values.push_back(std::move(text));
    return true;
  }

  bool array(std::vector<std::string>& values) {
    take();
    while (skip_to_statement()) {
      if (take_if(']')) return true;
      if (!value(values) || !skip_to_statement()) break;
      if (take_if(']')) return true;
      if (!take_if(',')) return fail("expected ',' or ']' in the array");
    }
    return fail("the array has no end");
  }

  bool bare(std::string& text) {
    while (is_bare_key(peek()) || peek() == '+' || peek() == '.') {
      if (const char c = take(); c != '_') text.push_back(c);
    }
    if (text == "true" || text == "false" || base::parse_decimal(text)) return true;
    if (text.empty()) return fail("expected a value");
    return fail("'" + base::printable(text) + "' needs quotes");
  }

  bool quoted(std::string& text) {
    const char quote = take();
    if (rest_.starts_with(std::string(2, quote))) return fail("multi-line strings are not used here");
    while (!rest_.empty() && peek() != '\n') {
      const char c = take();
      if (c == quote) return true;
      if (c == '\\' && quote == '"') {
        if (!escape(text)) return false;
      } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) {
        return fail("a control character in a string");
      } else {
        text.push_back(c);
      }
    }
    return fail("the string has no end");
  }

  bool escape(std::string& text) {
    if (rest_.empty()) return fail("the string has no end");
    switch (const char c = take()) {
      case 'b':
        text.push_back('\b');
        return true;
      case 't':
        text.push_back('\t');
        return true;
      case 'n':
        text.push_back('\n');
        return true;
      case 'f':
        text.push_back('\f');
        return true;
      case 'r':
        text.push_back('\r');
        return true;
      case '"':
      case '\\':
        text.push_back(c);
        return true;
      case 'u':
        return code_point(text, 4);
      case 'U':
        return code_point(text, 8);
      default:
        return fail("an unknown escape in a string");
    }
  }

  bool code_point(std::string& text, int digits) {
    std::uint32_t code = 0;
    for (int i = 0; i < digits; ++i) {
      const char c = base::ascii_lower(peek());
      if (!base::is_digit(c) && !(c >= 'a' && c <= 'f')) return fail("a broken \\u escape");
      code = code * 16 + static_cast<std::uint32_t>(base::is_digit(c) ? c - '0' : c - 'a' + 10);
      take();
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
      return fail("a \\u escape that is no character");
    append_utf8(text, code);
    return true;
  }

  std::string_view rest_;
  std::size_t line_ = 1;
  std::vector<std::string> section_;
  std::vector<ConfigEntry> entries_;
  std::set<std::vector<std::string>> seen_;
  std::string fault_;
};

}  // namespace

std::expected<std::vector<ConfigEntry>, ConfigFault> parse_config(std::string_view text) {
  return Parser(text).run();
}

}  // namespace rt::cli
