// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "auth/signed_token.h"

using namespace rt::auth;
using namespace std::chrono_literals;
using rt::model::Kind;

namespace {

TokenRequest request_for(const std::string& subject) {
  TokenRequest request;
  request.subject = subject;
  request.issued_at = k_now + 700ms;
  request.expires_at = k_now + 1h + 700ms;
  return request;
}

std::string claims_of(const std::string& token) {
  const auto first = token.find('.');
  return base64url_decode(token.substr(first + 1, token.rfind('.') - first - 1)).value();
}

}  // namespace

TEST_CASE("a token that we make is one that we verify, with all that was asked for") {
  TokenRequest request = request_for("D-7");
  request.role = "driver";
  request.ids = {{Kind::order, {"O-1", "O-2"}}, {Kind::run, {"R-1"}}};
  request.rt_subscribe = {"drivers/*"};
  request.rt_publish = {"runs/R-1"};
  request.issuer = "us";
  request.audience = "here";
  const TokenOptions options{.issuer = "us", .audience = "here"};
  const auto token = verify_token(make_token(request, test_key()), rules_of({test_key()}, options), k_now);
  REQUIRE(token.has_value());
  CHECK(token->subject == "D-7");
  CHECK(token->expires_at == k_now + 1h);
  CHECK(token->rights.may_subscribe({Kind::order, "O-2"}));
  CHECK(token->rights.may_subscribe({Kind::run, "R-1"}));
  CHECK(token->rights.may_subscribe({Kind::driver, "D-8"}));
  CHECK(token->rights.may_publish({Kind::driver, "D-7"}));
  CHECK(token->rights.may_publish({Kind::run, "R-1"}));
  CHECK_FALSE(token->rights.may_publish({Kind::run, "R-2"}));
}

TEST_CASE("the claims are spelled as the contract names them") {
  TokenRequest request = request_for("a\"b");
  CHECK(claims_of(make_token(request, test_key())) == R"({"sub":"a\"b","iat":1700000000,"exp":1700003600})");
  request.role = "customer";
  request.ids = {{Kind::driver, {"D-7"}}, {Kind::order, {"O-1"}}, {Kind::run, {}}};
  request.rt_publish = {"*"};
  CHECK(claims_of(make_token(request, test_key())) ==
        R"({"sub":"a\"b","role":"customer","orders":["O-1"],"drivers":["D-7"],"rt":{"publish":["*"]},)"
        R"("iat":1700000000,"exp":1700003600})");
}

TEST_CASE("the header names the key and what it signs with") {
  const auto header_of = [](const std::string& token) {
    return base64url_decode(token.substr(0, token.find('.'))).value();
  };
  const Key named = test_key().with_id("a\"b");
  CHECK(header_of(make_token(request_for("U"), test_key())) == R"({"alg":"HS256","typ":"JWT"})");
  CHECK(header_of(make_token(request_for("U"), named)) == R"({"alg":"HS256","kid":"a\"b","typ":"JWT"})");
  const Key only = named.only_for(Algorithm::hs512);
  CHECK(header_of(make_token(request_for("U"), only)) == R"({"alg":"HS512","kid":"a\"b","typ":"JWT"})");
  CHECK(verify_token(make_token(request_for("U"), only), rules_of({only}), k_now).has_value());
  CHECK(make_token(request_for("U"), test_key().only_for(Algorithm::es256)).empty());
}
