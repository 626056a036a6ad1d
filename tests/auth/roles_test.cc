// SPDX-License-Identifier: MIT
#include "auth/roles.h"

#include <doctest/doctest.h>

#include "auth/signed_token.h"

using namespace rt::auth;
using rt::model::Kind;
using rt::model::Topic;

namespace {

Rights rights_of(const std::string& claims) {
  return verify_token(signed_token(with_exp(claims)), rules_of({test_key()}), k_now).value().rights;
}

constexpr const char* k_lists = R"("orders":["own"],"runs":["own"],"drivers":["own"])";

}  // namespace

TEST_CASE("each role reads and publishes what the contract says, of its own and of others' topics") {
  struct Row {
    const char* role;
    Kind kind;
    bool reads_own, reads_other, publishes_own, publishes_other;
  };
  // "own": the token's subject, and listed in its claims. The first of four drivers' rows is the role's own
  // topic.
  constexpr Row rows[] = {
      {"admin", Kind::order, true, true, true, true},
      {"admin", Kind::run, true, true, true, true},
      {"admin", Kind::driver, true, true, true, true},
      {"dispatcher", Kind::order, true, true, true, true},
      {"dispatcher", Kind::run, true, true, true, true},
      {"dispatcher", Kind::driver, true, true, true, true},
      {"service", Kind::order, false, false, true, true},
      {"service", Kind::run, false, false, true, true},
      {"service", Kind::driver, false, false, true, true},
      {"driver", Kind::order, true, false, false, false},
      {"driver", Kind::run, true, false, false, false},
      {"driver", Kind::driver, true, false, true, false},
      {"customer", Kind::order, true, false, false, false},
      {"customer", Kind::run, true, false, false, false},
      {"customer", Kind::driver, true, false, false, false},
      {"stranger", Kind::order, false, false, false, false},
      {"stranger", Kind::run, false, false, false, false},
      {"stranger", Kind::driver, false, false, false, false},
      {"Admin", Kind::order, false, false, false, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.role);
    CAPTURE(resource_of(row.kind).plural);
    const std::string role = row.role;
    for (const std::string& spelling :
         {"\"role\":\"" + role + '"', "\"roles\":\"" + role + '"', "\"roles\":[\"x\",\"" + role + "\"]"}) {
      const Rights rights = rights_of(R"("sub":"own",)" + spelling + ',' + k_lists);
      CHECK(rights.may_subscribe({row.kind, "own"}) == row.reads_own);
      CHECK(rights.may_subscribe({row.kind, "other"}) == row.reads_other);
      CHECK(rights.may_publish({row.kind, "own"}) == row.publishes_own);
      CHECK(rights.may_publish({row.kind, "other"}) == row.publishes_other);
    }
  }
}

TEST_CASE("statistics are for admin, dispatcher, service and who has them by rt") {
  for (const std::string role : {"admin", "dispatcher", "service"})
    CHECK(rights_of("\"role\":\"" + role + '"').may_read_stats());
  for (const std::string role : {"driver", "customer", "stranger", ""})
    CHECK_FALSE(rights_of("\"role\":\"" + role + '"').may_read_stats());
  CHECK(rights_of(R"("rt":{"stats":true})").may_read_stats());
  CHECK_FALSE(rights_of(R"("rt":{"stats":false})").may_read_stats());
}

TEST_CASE("lists without a role that reads them grant nothing") {
  for (const char* role : {"", R"("role":"service",)", R"("role":"stranger",)"}) {
    const Rights rights = rights_of(role + std::string(R"("sub":"own",)") + k_lists);
    for (const auto& resource : rt::model::k_resources)
      CHECK_FALSE(rights.may_subscribe({resource.kind, "own"}));
  }
}

TEST_CASE("a driver does not read other drivers that the token lists") {
  const Rights rights = rights_of(R"("sub":"D-7","role":"driver","drivers":["D-8"])");
  CHECK(rights.may_subscribe({Kind::driver, "D-7"}));
  CHECK_FALSE(rights.may_subscribe({Kind::driver, "D-8"}));
}

TEST_CASE("a driver whose subject is no valid id has no topic of its own") {
  for (const char* sub : {R"("sub":"*",)", R"("sub":"a b",)", R"("sub":"",)", ""}) {
    const Rights rights = rights_of(std::string(sub) + R"("role":"driver")");
    CHECK(rights.subscribe_patterns().empty());
    CHECK_FALSE(rights.may_publish_anything());
  }
}

TEST_CASE("rt grants just what it names, and adds to what the role grants") {
  const Rights alone =
      rights_of(R"("rt":{"subscribe":["orders/O-1","drivers/*"],"publish":["drivers/D-7"]})");
  CHECK(alone.may_subscribe({Kind::order, "O-1"}));
  CHECK_FALSE(alone.may_subscribe({Kind::order, "O-2"}));
  CHECK(alone.may_subscribe({Kind::driver, "any"}));
  CHECK_FALSE(alone.may_subscribe({Kind::run, "any"}));
  CHECK(alone.may_publish({Kind::driver, "D-7"}));
  CHECK_FALSE(alone.may_publish({Kind::driver, "D-8"}));
  CHECK_FALSE(alone.may_read_stats());

  const Rights both = rights_of(R"("role":"customer","orders":["O-1"],"rt":{"subscribe":["runs/*"]})");
  CHECK(both.may_subscribe({Kind::order, "O-1"}));
  CHECK(both.may_subscribe({Kind::run, "any"}));
}

TEST_CASE("the roles are named once each") {
  CHECK(RoleTable().names() ==
        std::vector<std::string_view>{"admin", "dispatcher", "service", "driver", "customer"});
}
