// SPDX-License-Identifier: MIT
#include "base/time_text.h"

#include <doctest/doctest.h>

using namespace rt::base;
using namespace std::chrono_literals;

namespace {

// What `text` says, written our way; "-" when it says nothing.
std::string normal(std::string_view text) {
  const auto time = parse_time(text);
  return time ? format_time(*time) : "-";
}

}  // namespace

TEST_CASE("times are written in UTC with three decimals") {
  CHECK(format_time(WallTime(0ms)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_time(WallTime(1703082900007ms)) == "2023-12-20T14:35:00.007Z");
  CHECK(format_time(WallTime(-1ms)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("times beyond the years 0000 to 9999 are written as the last that can be") {
  CHECK(format_time(WallTime::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(format_time(WallTime::min()) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("RFC 3339 times are read") {
  const std::pair<const char*, const char*> rows[] = {
      {"2023-12-20T14:35:00.000Z", "2023-12-20T14:35:00.000Z"},
      {"2023-12-20T14:35:00Z", "2023-12-20T14:35:00.000Z"},
      {"2023-12-20t14:35:00z", "2023-12-20T14:35:00.000Z"},
      {"2023-12-20 14:35:00Z", "2023-12-20T14:35:00.000Z"},
      {"2023-12-20T14:35:00.5Z", "2023-12-20T14:35:00.500Z"},
      {"2023-12-20T14:35:00.1239999999999999999999Z", "2023-12-20T14:35:00.123Z"},
      {"2023-12-20T09:35:00-05:00", "2023-12-20T14:35:00.000Z"},
      {"2023-12-20T20:05:00+05:30", "2023-12-20T14:35:00.000Z"},
      {"2023-12-20T14:35:00-00:00", "2023-12-20T14:35:00.000Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
      {"2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00.000Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
      {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"},
      {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
  };
  for (const auto& [text, expected] : rows) {
    CAPTURE(text);
    CHECK(normal(text) == expected);
  }
}

TEST_CASE("what is no RFC 3339 time or no day of the calendar is refused") {
  const char* rows[] = {
      "",
      "2023-12-20",
      "2023-12-20T14:35:00",
      "2023-12-20T14:35Z",
      "2023-12-20T14:35:00.Z",
      "2023-12-20T14:35:00,5Z",
      "2023-12-20T14:35:00+0100",
      "2023-12-20T14:35:00+01",
      "2023-12-20T14:35:00+24:00",
      "2023-12-20T14:35:00+01:60",
      "2023-12-20T24:00:00Z",
      "2023-12-20T14:60:00Z",
      "2023-12-20T14:35:61Z",
      "2023-02-29T00:00:00Z",
      "2023-13-01T00:00:00Z",
      "2023-00-01T00:00:00Z",
      "2023-01-00T00:00:00Z",
      "2023-04-31T00:00:00Z",
      "23-12-20T14:35:00Z",
      "12023-12-20T14:35:00Z",
      "-023-12-20T14:35:00Z",
      " 2023-12-20T14:35:00Z",
      "2023-12-20T14:35:00Z ",
      "2023-12-20T14:35:00ZZ",
      "2023/12/20T14:35:00Z",
      "2023-12-20T14:35:00+\xC2\xB1",
      "0000-01-01T00:00:00+00:01",
      "9999-12-31T23:59:59-00:01",
      "1703082900",
  };
  for (const char* text : rows) {
    CAPTURE(text);
    CHECK(normal(text) == "-");
  }
}

TEST_CASE("every day of the calendar reads back") {
  for (WallTime time = *parse_time("1895-01-01T12:34:56.789Z"); time < *parse_time("2105-01-01T00:00:00Z");
       time += 24h) {
    if (parse_time(format_time(time)) != time) FAIL(format_time(time));
  }
}
