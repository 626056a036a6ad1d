// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "auth/roles.h"

using namespace rt::auth;
using rt::model::Kind;

namespace {

// Order, run, driver.
const ListedIds k_listed = {std::vector<std::string>{"O-1"}, {"R-1", "R-2"}, {"D-1"}};

RoleTable table_of(std::initializer_list<RoleEntry> entries) {
  RoleTable table = RoleTable::empty();
  for (const RoleEntry& entry : entries) {
    const auto added = table.add(entry);
    CHECK_MESSAGE(added.has_value(), (added ? "" : added.error()));
  }
  return table;
}

std::string texts(const std::vector<rt::model::TopicPattern>& patterns) {
  std::string out;
  for (const auto& pattern : patterns) out += to_string(pattern) + ' ';
  return out;
}

Rights granted(const RoleTable& table, std::string_view role, std::string_view subject = "D-7") {
  Rights rights;
  table.grant(rights, role, subject, k_listed);
  return rights;
}

std::string refusal(const RoleEntry& entry, RoleTable table = RoleTable::empty()) {
  const auto added = table.add(entry);
  REQUIRE_FALSE(added.has_value());
  return added.error();
}

bool says(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CAPTURE(part);
  const bool found = text.find(part) != text.npos;
  CHECK(found);
  return found;
}

}  // namespace

TEST_CASE("a role of one's own grants what its templates come to for the token") {
  const RoleTable table = table_of({{"courier", "subscribe", {"drivers/{sub}", "runs/{runs}", "orders/*"}},
                                    {"courier", "publish", {"drivers/{sub}"}},
                                    {"courier", "stats", {"false"}},
                                    {"board", "subscribe", {"*", "orders/O-9"}},
                                    {"board", "stats", {"true"}}});
  const Rights courier = granted(table, "courier");
  CHECK(texts(courier.subscribe_patterns()) == "drivers/D-7 runs/R-1 runs/R-2 orders/* ");
  CHECK(texts(courier.publish_patterns()) == "drivers/D-7 ");
  CHECK_FALSE(courier.may_read_stats());
  const Rights board = granted(table, "board");
  CHECK(texts(board.subscribe_patterns()) == "* orders/O-9 ");
  CHECK(board.publish_patterns().empty());
  CHECK(board.may_read_stats());
}

TEST_CASE("a table of one's own has no role of the contract's") {
  const RoleTable table = table_of({{"courier", "subscribe", {"*"}}});
  CHECK(granted(table, "admin").subscribe_patterns().empty());
  CHECK_FALSE(granted(table, "admin").may_read_stats());
  CHECK_FALSE(table.has("admin"));
  CHECK(table.has("courier"));
  CHECK(table.names() == std::vector<std::string_view>{"courier"});
  CHECK(RoleTable::empty().names().empty());
  CHECK(RoleTable().has("admin"));
}

TEST_CASE("any claim may fill any kind's id") {
  const RoleTable table =
      table_of({{"r", "subscribe", {"orders/{drivers}", "drivers/{orders}", "runs/{sub}"}}});
  CHECK(texts(granted(table, "r").subscribe_patterns()) == "orders/D-1 drivers/O-1 runs/D-7 ");
}

TEST_CASE("a subject that is no valid id fills no template") {
  const RoleTable table =
      table_of({{"r", "subscribe", {"drivers/{sub}"}}, {"r", "publish", {"drivers/{sub}"}}});
  for (const std::string& subject : {std::string(), std::string("*"), std::string("a b"), std::string("a/b"),
                                     std::string("{sub}"), std::string(129, 'a')}) {
    CHECK(granted(table, "r", subject).subscribe_patterns().empty());
    CHECK(granted(table, "r", subject).publish_patterns().empty());
  }
}

TEST_CASE("an unknown key is refused, with the nearest one") {
  says(refusal({"r", "subscirbe", {"*"}}), "did you mean 'subscribe'?");
  says(refusal({"r", "state", {"true"}}), "did you mean 'stats'?");
  says(refusal({"r", "orders", {"*"}}), "there are subscribe, publish and stats");
}

TEST_CASE("a template that is none is refused with the role, the key, the template and the reason") {
  const auto of = [](const char* text) { return refusal({"courier", "subscribe", {"*", text}}); };
  const std::string said = of("driver/{sub}");
  says(said, "courier");
  says(said, "subscribe");
  says(said, "driver/");
  says(said, "did you mean 'drivers/...'?");
  says(of("runs/{run}"), "did you mean {runs}?");
  says(of("runs/{customer}"), "{sub} {orders} {runs} {drivers}");
  says(of("runs/{}"), "{sub} {orders} {runs} {drivers}");
  says(of("runs/a-{sub}"), "the whole id");
  says(of("runs/{sub}{sub}"), "{sub}");
  says(of("runs/{sub"), "the whole id");
  says(of("runs"), "no id");
  says(of(""), "no known kind");
  says(of("{sub}"), "no known kind");
  says(of("runs/"), "not valid");
  says(of("runs/a b"), "not valid");
  says(of("runs/*/x"), "not valid");
  says(of("**"), "no known kind");
}

TEST_CASE("stats is true or false, and nothing may be said twice") {
  for (const std::vector<std::string>& values :
       {std::vector<std::string>{}, {"yes"}, {"1"}, {""}, {"true", "true"}})
    says(refusal({"r", "stats", values}), "neither true nor false");
  const RoleTable table = table_of({{"r", "stats", {"false"}}, {"r", "publish", {"*"}}});
  says(refusal({"r", "stats", {"true"}}, table), "twice");
  says(refusal({"r", "publish", {"*"}}, table), "twice");
}

TEST_CASE("a refused entry leaves the table as it was") {
  RoleTable table = RoleTable::empty();
  CHECK_FALSE(table.add({"r", "subscribe", {"*", "nonsense"}}).has_value());
  CHECK(table.names().empty());
  CHECK(table.add({"r", "subscribe", {"*"}}).has_value());
  CHECK_FALSE(table.add({"r", "publish", {"*", "nonsense"}}).has_value());
  CHECK(granted(table, "r").publish_patterns().empty());
}

TEST_CASE("roles, templates and names are bounded") {
  RoleTable table = RoleTable::empty();
  for (std::size_t i = 0; i < k_roles_max; ++i)
    REQUIRE(table.add({std::to_string(i), "publish", {"*"}}).has_value());
  says(refusal({"more", "publish", {"*"}}, table), "more than 100");
  CHECK(table.add({"7", "subscribe", {"*"}}).has_value());
  const std::vector<std::string> many(k_role_templates_max, "*");
  CHECK(RoleTable::empty().add({"r", "subscribe", many}).has_value());
  std::vector<std::string> more = many;
  more.push_back("*");
  says(refusal({"r", "subscribe", more}), "more than 100");
  says(refusal({"", "subscribe", {"*"}}), "name");
  says(refusal({std::string(k_role_name_bytes_max + 1, 'r'), "subscribe", {"*"}}), "name");
}
