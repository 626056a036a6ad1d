// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "base/text.h"

using namespace rt::base;

namespace {

std::string encode(unsigned code_point) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  if (code_point < 0x80) return {byte(code_point)};
  if (code_point < 0x800) return {byte(0xC0 | code_point >> 6), byte(0x80 | (code_point & 63))};
  if (code_point < 0x10000)
    return {byte(0xE0 | code_point >> 12), byte(0x80 | (code_point >> 6 & 63)),
            byte(0x80 | (code_point & 63))};
  return {byte(0xF0 | code_point >> 18), byte(0x80 | (code_point >> 12 & 63)),
          byte(0x80 | (code_point >> 6 & 63)), byte(0x80 | (code_point & 63))};
}

}  // namespace

TEST_CASE("every code point but the surrogates is UTF-8, up to U+10FFFF") {
  for (unsigned code_point = 0; code_point < 0x112000; ++code_point) {
    const std::string text = encode(code_point);
    const bool good = (code_point < 0xD800 || code_point > 0xDFFF) && code_point <= 0x10FFFF;
    if (is_valid_utf8(text) != good || utf8_length(text) != (good ? text.size() : 0)) FAIL("U+", code_point);
  }
}

TEST_CASE("what is no UTF-8 is found wherever it lies, also behind long plain text") {
  const char* bad[] = {"\x80",         "\xC3",         "\xC0\x80",         "\xC1\xBF",         "\xE2\x82",
                       "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5",
                       "\xFF"};
  for (const char* sequence : bad) {
    for (std::size_t before = 0; before < 20; ++before) {
      for (const char* after : {"", "x", "xxxxxxxxxxxxxxxx"})
        CHECK_FALSE(is_valid_utf8(std::string(before, 'a') + sequence + after));
    }
  }
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8(std::string(100, 'a')));
}

// The examples of the Unicode standard, section 3.9, tables 3-8 to 3-11.
TEST_CASE("one replacement character stands for each maximal part of what is no UTF-8") {
  const std::string r = "\xEF\xBF\xBD";
  CHECK(replace_invalid_utf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == r + r + r + r + r + r + r + r + "A");
  CHECK(replace_invalid_utf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == r + r + r + r + r + r + r + r + "A");
  CHECK(replace_invalid_utf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") ==
        r + r + r + r + r + "A" + r + r + "B");
  CHECK(replace_invalid_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == r + r + r + r + "A");
  CHECK(replace_invalid_utf8("caf\xC3\xA9") == "caf\xC3\xA9");
}
