// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <doctest/doctest.h>

#include <array>

using namespace rt::base;
using namespace std::chrono_literals;
using namespace std::string_literals;

TEST_CASE("trim takes spaces and tabs from both ends only") {
  CHECK(trim(" \t a b\t ") == "a b");
  CHECK(trim(" \t ").empty());
  CHECK(trim("").empty());
  CHECK(trim("\na\n") == "\na\n");
}

TEST_CASE("split keeps empty parts") {
  CHECK(split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
}

TEST_CASE("letter case of ASCII is ignored, that of other bytes is not") {
  CHECK(equal_ignoring_case("Content-TYPE", "content-type"));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("\xC4", "\xE4"));
  CHECK(to_lower("AZ[\xC4") == "az[\xC4");
}

TEST_CASE("an unsigned number is digits and nothing else") {
  CHECK(parse_unsigned("0") == 0u);
  CHECK(parse_unsigned("007") == 7u);
  CHECK(parse_unsigned("18446744073709551615") == UINT64_MAX);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616", "1e3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_unsigned(text));
  }
}

TEST_CASE("a decimal number is finite and decimal") {
  CHECK(parse_decimal("-79.3832") == -79.3832);
  CHECK(parse_decimal("1e5") == 1e5);
  CHECK(parse_decimal("0") == 0.0);
  CHECK(parse_decimal(".5") == 0.5);
  for (const char* text : {"", "-", ".", "+1", "nan", "inf", "-inf", "infinity", "0x1p3", "1e", "1e999",
                           "1,5", " 1", "1 ", "1f"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_decimal(text));
  }
}

TEST_CASE("durations are read with their unit, and bare numbers are seconds") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("15s") == 15s);
  CHECK(parse_duration("10m") == 10min);
  CHECK(parse_duration("1h") == 1h);
  CHECK(parse_duration("7d") == 168h);
  CHECK(parse_duration("0") == 0ms);
  CHECK(parse_duration("30") == 30s);
  CHECK(parse_duration("0.5") == 500ms);
  CHECK(parse_duration("1.5h") == 90min);
  CHECK(parse_duration("3650d") == 3650 * 24h);
  for (const char* text : {"", "s", "-1s", "1 s", "1w", "1S", "3651d", "99999999999999999999d", "0.1ms",
                           "1s2", "1e3", "1..5", "."}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("durations are written in the largest whole unit and read back") {
  const std::pair<std::chrono::milliseconds, const char*> rows[] = {
      {0ms, "0"},   {1ms, "1ms"},   {1500ms, "1500ms"}, {1s, "1s"}, {90s, "90s"},
      {2min, "2m"}, {90min, "90m"}, {1h, "1h"},         {48h, "2d"}};
  for (const auto& [duration, text] : rows) {
    CHECK(format_duration(duration) == text);
    CHECK(parse_duration(text) == duration);
  }
}

TEST_CASE("sizes count in powers of 1024") {
  CHECK(parse_size("0") == 0u);
  CHECK(parse_size("100") == 100u);
  CHECK(parse_size("64k") == 65536u);
  CHECK(parse_size("2M") == 2097152u);
  CHECK(parse_size("1g") == 1073741824u);
  for (const char* text : {"", "k", "-1k", "1.5k", "1kb", "1 k", "17179869184g", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_size(text));
  }
}

TEST_CASE("percent-encoding is decoded once") {
  CHECK(percent_decode("a%2Fb%2f") == "a/b/");
  CHECK(percent_decode("%252F") == "%2F");
  CHECK(percent_decode("a+b") == "a+b");
  CHECK(percent_decode("%00") == "\0"s);
  for (const char* text : {"%", "%2", "a%", "%G0", "%0G", "% 0"}) {
    CAPTURE(text);
    CHECK_FALSE(percent_decode(text));
  }
}

TEST_CASE("every byte survives percent-encoding") {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(percent_decode(percent_encode(all)) == all);
  CHECK(percent_encode("AZaz09._~:-") == "AZaz09._~:-");
  CHECK(percent_encode("a/b c\xFF") == "a%2Fb%20c%FF");
}

TEST_CASE("nearest suggests what was probably meant, and nothing for other words") {
  constexpr std::array<std::string_view, 4> known = {"status", "totalStops", "completedStops", "id"};
  CHECK(nearest("staus", known) == "status");
  CHECK(nearest("sttaus", known) == "status");
  CHECK(nearest("Status", known) == "status");
  CHECK(nearest("TotalStop", known) == "totalStops");
  CHECK(nearest("tsaus", known).empty());
  CHECK(nearest("xd", known).empty());
  CHECK(nearest("", known).empty());
  CHECK(nearest("status", {}).empty());
  CHECK(nearest(std::string(100'000, 's'), known).empty());
}

TEST_CASE("of two near words the nearer is suggested") {
  constexpr std::array<std::string_view, 2> known = {"statusses", "statuses"};
  CHECK(nearest("statuse", known) == "statuses");
}

TEST_CASE("printable hides what could steer a terminal and what is no UTF-8") {
  CHECK(printable("plain \xC3\xA9 \xF0\x9F\x9A\x9A") == "plain \xC3\xA9 \xF0\x9F\x9A\x9A");
  CHECK(printable("a\x1B[2Jb\n\r\t\x7F") == "a\\x1B[2Jb\\x0A\\x0D\\x09\\x7F");
  CHECK(printable("\xC2\x9B"
                  "2J") == "\\xC2\\x9B2J");
  CHECK(printable("a\xFFz\xC3") == "a\\xFFz\\xC3");
  CHECK(printable("a\0b"s) == "a\\x00b");
}

TEST_CASE("printable cuts long text between characters") {
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdef", 5) == "abcde...");
  CHECK(printable("abc\xC3\xA9", 4) == "abc...");
  CHECK(printable("abc\n", 4) == "abc...");
}
