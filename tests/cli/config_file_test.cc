// SPDX-License-Identifier: MIT
#include "cli/config_file.h"

#include <doctest/doctest.h>

using rt::cli::ConfigEntry;
using rt::cli::parse_config;

namespace {

std::vector<std::string> values_of(const std::string& text) {
  const auto entries = parse_config(text);
  REQUIRE(entries);
  REQUIRE(entries->size() == 1);
  return entries->front().values;
}

std::string fault_of(const std::string& text) {
  const auto entries = parse_config(text);
  REQUIRE(!entries);
  return std::to_string(entries.error().line) + ": " + entries.error().what;
}

}  // namespace

TEST_CASE("strings, numbers, booleans and arrays come out as text") {
  CHECK(values_of("a = \"x y\"") == std::vector<std::string>{"x y"});
  CHECK(values_of("a = 'C:\\x'") == std::vector<std::string>{"C:\\x"});
  CHECK(values_of("a = 12_000") == std::vector<std::string>{"12000"});
  CHECK(values_of("a=true") == std::vector<std::string>{"true"});
  CHECK(values_of("a = []") == std::vector<std::string>{});
  CHECK(values_of("a = [\"x\", # one\n 'y',\n]") == std::vector<std::string>{"x", "y"});
}

TEST_CASE("a string keeps '#', ',' and escapes") {
  CHECK(values_of(R"(a = "x #1, y" # comment)") == std::vector<std::string>{"x #1, y"});
  CHECK(values_of(R"(a = "\"\\\t\u00e9\U0001F600")") == std::vector<std::string>{"\"\\\t\u00e9\U0001F600"});
}

TEST_CASE("entries know their section and line, with any line end") {
  for (const std::string end : {"\n", "\r\n"}) {
    const auto entries = parse_config("# top" + end + "a = 1" + end + end + "[x.y]" + end + "b.c = 2" + end);
    REQUIRE(entries);
    REQUIRE(entries->size() == 2);
    CHECK((*entries)[0].section.empty());
    CHECK((*entries)[0].line == 2);
    CHECK((*entries)[1].section == std::vector<std::string>{"x", "y", "b"});
    CHECK((*entries)[1].key == "c");
    CHECK((*entries)[1].line == 5);
  }
}

TEST_CASE("what is not TOML is a fault at its line") {
  CHECK(fault_of("a = 1\nb = 15s\n") == "2: '15s' needs quotes");
  CHECK(fault_of("a = \"x\nb = 1\n") == "1: the string has no end");
  CHECK(fault_of("a\n") == "1: expected '=' behind 'a'");
  CHECK(fault_of("a = 1 2\n") == "1: unexpected '2' behind the value");
  CHECK(fault_of("a = 1\n\na = 2\n") == "3: 'a' was given before");
  CHECK(fault_of("a = [1, 2\n") == "2: the array has no end");
  CHECK(fault_of("a = \"\\q\"") == "1: an unknown escape in a string");
  CHECK(fault_of("a = \"\"\"x\"\"\"") == "1: multi-line strings are not used here");
  CHECK(fault_of("[[a]]") == "1: tables in arrays ([[...]]) are not used here");
  CHECK(fault_of("a = \"\xff\"") == "1: the file is not UTF-8");
}

TEST_CASE("any cut of a file gives entries or a fault, never more") {
  const std::string text = "# c\n[s.\"t\"]\na = [\"x\", 'y', 1.5]\nb = \"\\u00e9\\n\"\nc = -1e5\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const auto entries = parse_config(text.substr(0, length));
    CHECK((!entries || entries->size() <= 3));
  }
}
