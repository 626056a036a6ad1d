// SPDX-License-Identifier: MIT
#include "model/topic.h"

#include <doctest/doctest.h>

#include <vector>

using namespace rt::model;

namespace {

TopicPattern pattern(std::string_view text) {
  const auto parsed = parse_topic_pattern(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("ids are 1 to 128 of the characters that need no escape anywhere") {
  for (const std::string& id :
       {std::string("O-1"), std::string("a.b_c~d:e-F9"), std::string(128, 'x'), std::string("..")})
    CHECK(is_valid_id(id));
  for (const std::string& id :
       {std::string(), std::string(129, 'x'), std::string("a b"), std::string("a/b"), std::string("*"),
        std::string("a%2F"), std::string("\xC3\xA9"), std::string("a\n"), std::string("a\0", 2),
        std::string("a@"), std::string("a[")}) {
    CAPTURE(id);
    CHECK_FALSE(is_valid_id(id));
  }
}

TEST_CASE("topics read back, and know their stream") {
  const std::pair<const char*, const char*> rows[] = {
      {"orders/O-1", "/api/v1/realtime/orders/O-1/stream"},
      {"runs/R-2", "/api/v1/realtime/runs/R-2/stream"},
      {"drivers/D-7", "/api/v1/realtime/drivers/D-7/location"}};
  for (const auto& [text, path] : rows) {
    const auto topic = parse_topic(text);
    REQUIRE(topic);
    CHECK(to_string(*topic) == text);
    CHECK(stream_path(*topic) == path);
  }
}

TEST_CASE("what is no topic is refused with the nearest right one") {
  const auto refused = [](const char* text) {
    const auto topic = parse_topic(text);
    REQUIRE_FALSE(topic);
    CHECK(topic.error().kind == rt::base::ErrorKind::invalid);
    return topic.error().what + " | " + topic.error().hint;
  };
  CHECK(refused("order/O-1") == "topic 'order/O-1' is of no known kind | did you mean 'orders/...'?");
  CHECK(refused("trucks/1") ==
        "topic 'trucks/1' is of no known kind | topics are orders/ID, runs/ID, drivers/ID");
  CHECK(refused("") == "topic '' is of no known kind | topics are orders/ID, runs/ID, drivers/ID");
  CHECK(refused("orders") == "topic 'orders' has no id | write orders/ID");
  for (const char* text : {"orders/", "orders/a/b", "orders//a", "orders/*", "orders/a b"}) {
    CHECK(refused(text).ends_with("an id is 1 to 128 characters of A-Z a-z 0-9 . _ ~ : -"));
  }
  CHECK(refused("x\x1B[2J/1").find('\x1B') == std::string::npos);
}

TEST_CASE("patterns read back") {
  for (const char* text : {"*", "orders/*", "drivers/D-7"}) CHECK(to_string(pattern(text)) == text);
  for (const char* text :
       {"", "**", "*/*", "*/O-1", "orders", "orders/", "orders/O*", "orders/*/x", "trucks/*"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_topic_pattern(text));
  }
}

TEST_CASE("a pattern matches a topic exactly when its intersection with it is that topic") {
  const char* const patterns[] = {"*",        "orders/*", "runs/*",   "drivers/*",
                                  "orders/a", "orders/b", "drivers/a"};
  for (const char* text : patterns) {
    for (const char* topic_text : {"orders/a", "orders/b", "runs/a", "drivers/a"}) {
      CAPTURE(text);
      CAPTURE(topic_text);
      const Topic topic = *parse_topic(topic_text);
      const auto both = intersect(pattern(text), pattern_of(topic));
      CHECK(matches(pattern(text), topic) == both.has_value());
      if (both) CHECK(*both == pattern_of(topic));
    }
  }
  CHECK(matches(pattern("orders/*"), {Kind::order, "a"}));
  CHECK_FALSE(matches(pattern("orders/*"), {Kind::run, "a"}));
  CHECK_FALSE(matches(pattern("orders/a"), {Kind::order, "b"}));
}

TEST_CASE("the intersection of patterns lets through what both let through") {
  const std::vector<std::string> patterns = {"*", "orders/*", "runs/*", "orders/a", "orders/b", "runs/a"};
  const Topic topics[] = {
      {Kind::order, "a"}, {Kind::order, "b"}, {Kind::order, "c"}, {Kind::run, "a"}, {Kind::driver, "a"}};
  for (const std::string& a : patterns) {
    for (const std::string& b : patterns) {
      const auto both = intersect(pattern(a), pattern(b));
      CHECK(both == intersect(pattern(b), pattern(a)));
      for (const Topic& topic : topics) {
        CHECK((matches(pattern(a), topic) && matches(pattern(b), topic)) == (both && matches(*both, topic)));
      }
    }
  }
}
