// SPDX-License-Identifier: MIT
#include "cli/event_view.h"

#include <doctest/doctest.h>

using namespace rt::cli;

TEST_CASE("fields are looked for in the payload, then in the event") {
  const auto view = view_event(
      R"({"type":"driver_location","driverId":"D-7","location":{"latitude":1.0,"speed":45.5},"timestamp":"T"})");
  REQUIRE(view);
  CHECK(view->id == "D-7");
  CHECK(field_text(*view, "latitude") == "1.0");
  CHECK(field_text(*view, "timestamp") == "T");
  CHECK(!field_text(*view, "heading"));
  CHECK(field_is(*view, "speed", "45.50"));
  CHECK(!field_is(*view, "heading", ""));
}

TEST_CASE("text is compared as text, numbers as numbers") {
  const auto view =
      view_event(R"({"type":"order_update","orderId":"O","data":{"status":"DELIVERED","n":10,"ok":true}})");
  REQUIRE(view);
  CHECK(field_is(*view, "status", "DELIVERED"));
  CHECK(!field_is(*view, "status", "delivered"));
  CHECK(field_is(*view, "n", "10.0"));
  CHECK(field_is(*view, "ok", "true"));
}

TEST_CASE("a dot leads into an object, unless the name has it") {
  const auto view = view_event(
      R"({"type":"order_update","orderId":"O","data":{"a":{"b":{"c":1},"b.c":2},"n":3,"x.y":4,"x":{"y":5}}})");
  REQUIRE(view);
  CHECK(field_text(*view, "a.b") == R"({"c":1})");
  CHECK(field_text(*view, "a.b.c") == "2");
  CHECK(field_text(*view, "x.y") == "4");
  CHECK(field_text(*view, "data.n") == "3");
  CHECK(!field_text(*view, "n.a"));
  CHECK(!field_text(*view, "a."));
}

TEST_CASE("an object of another server is its own payload; text is no event") {
  const auto view = view_event(R"({"status":"x"})");
  REQUIRE(view);
  CHECK(view->resource == nullptr);
  CHECK(field_is(*view, "status", "x"));
  CHECK(!view_event("hello"));
  CHECK(!view_event("[1]"));
}
