// SPDX-License-Identifier: MIT
#include "gps/lines.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rt::gps {
namespace {

std::vector<std::string> cut(std::string_view text, std::size_t at, std::size_t max = 8) {
  std::vector<std::string> lines;
  LineCutter cutter(max);
  cutter.on_line = [&](std::size_t number, std::string_view line) {
    lines.push_back(std::to_string(number) + ":" + std::string(line));
  };
  cutter.on_too_long = [&](std::size_t number) { lines.push_back(std::to_string(number) + ":too long"); };
  cutter.feed(text.substr(0, at));
  cutter.feed(text.substr(at));
  cutter.finish();
  return lines;
}

void check(std::string_view text, const std::vector<std::string>& lines) {
  for (std::size_t at = 0; at <= text.size(); ++at) {
    CAPTURE(at);
    CHECK(cut(text, at) == lines);
  }
}

TEST_CASE("lines end with LF or CRLF, and the last one may have no end") {
  check("a\nbb\r\n\nccc", {"1:a", "2:bb", "3:", "4:ccc"});
  check("a\n", {"1:a"});
  check("", {});
}

TEST_CASE("a line that is too long is reported once and the next one is whole again") {
  check("12345678\n123456789\nok", {"1:12345678", "2:too long", "3:ok"});
  check("aaaaaaaaaaaaaaaaaaaaaaaaa", {"1:too long"});
}

}  // namespace
}  // namespace rt::gps
