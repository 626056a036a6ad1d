// SPDX-License-Identifier: MIT
#include "auth/claims.h"

#include <doctest/doctest.h>

using namespace rt::auth;
using rt::model::Kind;

namespace {

std::string list(std::size_t count) {
  std::string out = "[";
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "\"" : ",\"") + std::to_string(i) + '"';
  return out + ']';
}

}  // namespace

TEST_CASE("the claims that concern rights are read, whatever surrounds them") {
  const auto claims =
      parse_claims(R"( {"name":{"sub":"no"}, "sub":"D-\u0037", "role":"driver", "roles":["a","b"],
      "orders":["O-1","O-2"], "runs":[], "drivers":["D-9"],
      "rt":{"publish":["*"],"stats":true,"subscribe":["runs/*","orders/O-3"]}} )");
  REQUIRE(claims.has_value());
  CHECK(claims->subject == "D-7");
  CHECK(claims->roles == std::vector<std::string>{"driver", "a", "b"});
  CHECK(claims->listed[index_of(Kind::order)] == std::vector<std::string>{"O-1", "O-2"});
  CHECK(claims->listed[index_of(Kind::run)].empty());
  CHECK(claims->listed[index_of(Kind::driver)] == std::vector<std::string>{"D-9"});
  REQUIRE(claims->rt_subscribe.size() == 2);
  CHECK(to_string(claims->rt_subscribe[0]) == "runs/*");
  CHECK(to_string(claims->rt_subscribe[1]) == "orders/O-3");
  REQUIRE(claims->rt_publish.size() == 1);
  CHECK(to_string(claims->rt_publish[0]) == "*");
  CHECK(claims->rt_stats);
}

TEST_CASE("roles may be one string") {
  CHECK(parse_claims(R"({"roles":"admin"})")->roles == std::vector<std::string>{"admin"});
}

TEST_CASE("a list may have 1000 entries and no more") {
  for (const std::string claim : {"aud", "roles", "orders", "runs", "drivers"}) {
    CAPTURE(claim);
    CHECK(parse_claims("{\"" + claim + "\":" + list(k_claim_list_max) + "}").has_value());
    CHECK_FALSE(parse_claims("{\"" + claim + "\":" + list(k_claim_list_max + 1) + "}").has_value());
  }
}

TEST_CASE("a claim cut short anywhere is refused") {
  const std::string whole =
      R"({"sub":"D-7","exp":1700003600,"orders":["O-1"],"rt":{"subscribe":["runs/*"]}})";
  CHECK(parse_claims(whole).has_value());
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_FALSE(parse_claims(whole.substr(0, length)).has_value());
}
