// SPDX-License-Identifier: MIT
#include "sse/event_id.h"

#include <doctest/doctest.h>

using namespace rt::sse;

TEST_CASE("event ids read back as they were written") {
  for (const EventId id : {EventId{0, 0}, EventId{1703082900000, 7}, EventId{UINT64_MAX, UINT64_MAX}}) {
    CHECK(parse_event_id(format_event_id(id)) == id);
  }
  CHECK(format_event_id({1703082900000, 7}) == "1703082900000-7");
  CHECK(format_event_id({UINT64_MAX, UINT64_MAX}) == "18446744073709551615-18446744073709551615");
  std::string out = "id: ";
  append_event_id(out, {1, 2});
  CHECK(out == "id: 1-2");
}

TEST_CASE("event ids order by time, then by counter") {
  CHECK(EventId{1, 9} < EventId{2, 0});
  CHECK(EventId{2, 1} < EventId{2, 10});
}

TEST_CASE("what is no event id is refused") {
  for (const char* text :
       {"", "-", "1", "1-", "-1", "01-0", "1-00", "1-2-3", "1--2", "+1-0", "1-+0", " 1-0", "1-0 ", "1.5-0",
        "a-b", "1-0\n", "18446744073709551616-0", "0-18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_event_id(text));
  }
}
