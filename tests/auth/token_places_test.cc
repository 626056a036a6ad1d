// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "auth/token.h"

using namespace rt::auth;

namespace {

using Fields = std::vector<rt::http::Field>;

std::string found(const Fields& fields, std::string_view query = {}, const TokenPlaces& places = {}) {
  rt::http::Request request;
  request.fields = fields;
  request.query = query;
  const auto token = find_token(request, places);
  return token ? "<" + std::string(token->text) + ">" : "nowhere";
}

}  // namespace

TEST_CASE("the Authorization field is read, its scheme in any case") {
  CHECK(found({{"Authorization", "Bearer a.b.c"}}) == "<a.b.c>");
  CHECK(found({{"authorization", "bearer a.b.c"}}) == "<a.b.c>");
  CHECK(found({{"AUTHORIZATION", "BEARER   a.b.c"}}) == "<a.b.c>");
}

TEST_CASE("a malformed Authorization field is an empty token, even beside a good cookie") {
  const rt::http::Field cookie{"Cookie", "rt_token=c.c.c"};
  CHECK(found({{"Authorization", "Bearer"}, cookie}) == "<>");
  CHECK(found({{"Authorization", "Bearer "}, cookie}) == "<>");
  CHECK(found({{"Authorization", "Bearer a.b.c"}, {"authorization", "Bearer a.b.c"}, cookie}) == "<>");
  CHECK(found({{"Authorization", "Basic eA"}, {"Authorization", "Bearer a.b.c"}}) == "<>");
}

TEST_CASE("credentials of another scheme are somebody else's") {
  CHECK(found({{"Authorization", "Basic dTpw"}}) == "nowhere");
  CHECK(found({{"Authorization", "Bearerish a.b.c"}}) == "nowhere");
  CHECK(found({{"Authorization", "Basic dTpw"}, {"Cookie", "rt_token=c.c.c"}}) == "<c.c.c>");
  CHECK(found({{"Authorization", ""}}) == "nowhere");
}

TEST_CASE("the field wins over the cookie, and the cookie over the query") {
  const TokenPlaces places{.query_allowed = true};
  CHECK(found({{"Cookie", "rt_token=c.c.c"}, {"Authorization", "Bearer a.b.c"}}, "token=q.q.q", places) ==
        "<a.b.c>");
  CHECK(found({{"Cookie", "other=1; rt_token=c.c.c"}}, "token=q.q.q", places) == "<c.c.c>");
  CHECK(found({{"Cookie", "rt_token="}}, "token=q.q.q", places) == "<q.q.q>");
  CHECK(found({{"Cookie", "session=c.c.c"}}, "", {.cookie_name = "session"}) == "<c.c.c>");
  CHECK(found({{"Cookie", "rt_token=c.c.c"}}, "", {.cookie_name = "session"}) == "nowhere");
}

TEST_CASE("the query counts only when it is allowed, and only once") {
  CHECK(found({}, "token=q.q.q") == "nowhere");
  const TokenPlaces places{.query_allowed = true};
  CHECK(found({}, "rate=2s&token=q%2Eq.q", places) == "<q.q.q>");
  CHECK(found({}, "token=q.q.q&token=q.q.q", places) == "<>");
  CHECK(found({}, "tokens=q.q.q", places) == "nowhere");
  CHECK(found({}, "", places) == "nowhere");
}
