// SPDX-License-Identifier: MIT
#include "auth/rights.h"

#include <doctest/doctest.h>

using namespace rt::auth;
using rt::base::ErrorKind;
using rt::model::Kind;
using rt::model::Topic;
using rt::model::TopicPattern;

namespace {

std::vector<TopicPattern> patterns(std::initializer_list<const char*> texts) {
  std::vector<TopicPattern> out;
  for (const char* text : texts) out.push_back(rt::model::parse_topic_pattern(text).value());
  return out;
}

Rights reader_of(std::initializer_list<const char*> texts) {
  Rights rights;
  for (auto& pattern : patterns(texts)) rights.grant_subscribe(pattern);
  return rights;
}

std::string shown(const Subscription& subscription) {
  std::string out;
  for (const Kind kind : subscription.kinds()) out += std::string(resource_of(kind).plural) + "/* ";
  for (const Topic& topic : subscription.topics()) out += to_string(topic) + ' ';
  return out;
}

// What a holder of `granted` gets who asks for `asked`; "denied" for a denial.
std::string subscribe(std::initializer_list<const char*> granted, std::initializer_list<const char*> asked) {
  const auto subscription = reader_of(granted).subscription(patterns(asked));
  if (subscription) return shown(*subscription);
  return subscription.error().kind == ErrorKind::denied ? "denied" : "another error";
}

}  // namespace

TEST_CASE("nothing is allowed unless it is granted") {
  const Rights rights;
  CHECK_FALSE(rights.may_subscribe({Kind::order, "O-1"}));
  CHECK_FALSE(rights.may_publish({Kind::order, "O-1"}));
  CHECK_FALSE(rights.may_read_stats());
  CHECK_FALSE(rights.may_publish_anything());
  CHECK(subscribe({}, {"orders/O-1"}) == "denied");
  CHECK(subscribe({}, {"*"}) == "denied");
}

TEST_CASE("reading is not publishing") {
  Rights rights;
  rights.grant_publish(patterns({"*"})[0]);
  CHECK(rights.may_publish_anything());
  CHECK_FALSE(rights.subscription(patterns({"*"})).has_value());
}

TEST_CASE("a named topic must be readable itself") {
  CHECK(subscribe({"*"}, {"orders/O-1"}) == "orders/O-1 ");
  CHECK(subscribe({"orders/*"}, {"orders/O-1"}) == "orders/O-1 ");
  CHECK(subscribe({"orders/O-1"}, {"orders/O-1"}) == "orders/O-1 ");
  CHECK(subscribe({"orders/O-1"}, {"orders/O-2"}) == "denied");
  CHECK(subscribe({"orders/O-1"}, {"runs/O-1"}) == "denied");
  CHECK(subscribe({"orders/O-1"}, {"orders/O-1", "orders/O-2"}) == "denied");
}

TEST_CASE("a wildcard narrows to what is readable, and is denied when nothing is") {
  CHECK(subscribe({"*"}, {"*"}) == "orders/* runs/* drivers/* ");
  CHECK(subscribe({"*"}, {"runs/*"}) == "runs/* ");
  CHECK(subscribe({"orders/O-1", "drivers/*"}, {"*"}) == "drivers/* orders/O-1 ");
  CHECK(subscribe({"orders/O-1", "orders/O-2", "runs/R-1"}, {"orders/*"}) == "orders/O-1 orders/O-2 ");
  CHECK(subscribe({"orders/O-1"}, {"runs/*"}) == "denied");
  CHECK(subscribe({"orders/O-1"}, {"*", "runs/*"}) == "denied");
}

TEST_CASE("no topic is there twice, nor beside its whole kind") {
  CHECK(subscribe({"*"}, {"orders/O-1", "orders/O-1"}) == "orders/O-1 ");
  CHECK(subscribe({"*"}, {"orders/O-1", "orders/*", "orders/*"}) == "orders/* ");
  CHECK(subscribe({"orders/*", "orders/O-1"}, {"orders/O-1"}) == "orders/O-1 ");
  CHECK(subscribe({"orders/O-1", "orders/O-1"}, {"*", "orders/*"}) == "orders/O-1 ");
  CHECK(subscribe({"*", "drivers/*"}, {"*", "drivers/D-7"}) == "orders/* runs/* drivers/* ");
}

TEST_CASE("the patterns are those asked for, in their order, once each") {
  const auto subscription = reader_of({"orders/O-1"}).subscription(patterns({"*", "orders/O-1", "*"}));
  REQUIRE(subscription.has_value());
  CHECK(subscription->patterns() == patterns({"*", "orders/O-1"}));
}

TEST_CASE("a denial names the first topic that may not be read") {
  const auto subscription =
      reader_of({"orders/O-1"}).subscription(patterns({"orders/O-1", "runs/R-1", "runs/R-2"}));
  REQUIRE_FALSE(subscription.has_value());
  CHECK(subscription.error().what.find("runs/R-1") != std::string::npos);
}

TEST_CASE("asking for nothing is no subscription") {
  const auto subscription = reader_of({"*"}).subscription({});
  REQUIRE_FALSE(subscription.has_value());
  CHECK(subscription.error().kind == ErrorKind::invalid);
}
