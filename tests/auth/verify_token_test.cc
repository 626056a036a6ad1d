// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "auth/claims.h"
#include "auth/signed_token.h"

using namespace rt::auth;
using namespace std::chrono_literals;
using rt::base::WallTime;

namespace {

using Verdict = std::optional<TokenFault>;  // nothing: accepted

Verdict verdict(std::string_view token, const TokenOptions& options = {}, WallTime now = k_now) {
  const auto verified = verify_token(token, rules_of({test_key()}, options), now);
  return verified ? Verdict{} : Verdict{verified.error().fault};
}

}  // namespace

TEST_CASE("the HS256 example of RFC 7515 appendix A.1 is verified with its key") {
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const Key key =
      Key::from_secret(
          base64url_decode(
              "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
              .value())
          .value();
  const TokenOptions options{.issuer = "joe"};
  const auto verified = verify_token(token, rules_of({test_key(), key}, options), WallTime(1'300'819'379s));
  REQUIRE(verified.has_value());
  CHECK(verified->subject.empty());
  CHECK(verified->expires_at == WallTime(1'300'819'380s));
  CHECK(verified->rights.subscribe_patterns().empty());
  CHECK_FALSE(verified->rights.may_publish_anything());
}

TEST_CASE(
    "a header is taken only with alg HS256, a known typ, and no member that names or demands something") {
  const std::pair<const char*, Verdict> rows[] = {
      {R"({"alg":"HS256"})", {}},
      {R"({"alg":"HS256","typ":"JWT"})", {}},
      {R"({"alg":"HS256","typ":"jwt"})", {}},
      {R"({"typ":"at+JWT","alg":"HS256"})", {}},
      {R"({"typ":"application/at+jwt","alg":"HS256"})", {}},
      {R"({"alg":"HS256","kid":"1"})", {}},
      {R"({"\u0061lg":"HS256"})", {}},
      {R"({"alg":"none"})", TokenFault::algorithm},
      {R"({"alg":"None"})", TokenFault::algorithm},
      {R"({"alg":"nOnE"})", TokenFault::algorithm},
      {R"({"alg":"hs256"})", TokenFault::algorithm},
      {R"({"alg":"HS256 "})", TokenFault::algorithm},
      {R"({"alg":"HS384"})", TokenFault::signature},
      {R"({"alg":"RS256"})", TokenFault::algorithm},
      {R"({"alg":"ES256"})", TokenFault::algorithm},
      {R"({"alg":""})", TokenFault::algorithm},
      {R"({"alg":null})", TokenFault::algorithm},
      {R"({"alg":["HS256"]})", TokenFault::algorithm},
      {R"({"typ":"JWT"})", TokenFault::algorithm},
      {R"({})", TokenFault::algorithm},
      {R"({"alg":"HS256","typ":"JOSE"})", TokenFault::algorithm},
      {R"({"alg":"HS256","typ":"application/"})", TokenFault::algorithm},
      {R"({"alg":"HS256","typ":""})", TokenFault::algorithm},
      {R"({"alg":"HS256","typ":1})", TokenFault::algorithm},
      {R"({"alg":"HS256","crit":["exp"]})", TokenFault::algorithm},
      {R"({"alg":"HS256","crit":[]})", TokenFault::algorithm},
      {R"({"alg":"HS256","b64":false,"crit":["b64"]})", TokenFault::algorithm},
      {R"({"alg":"HS256","jku":"https://example.org/keys"})", TokenFault::algorithm},
      {R"({"alg":"HS256","x5u":"https://example.org/cert"})", TokenFault::algorithm},
      {R"({"alg":"HS256","x5c":["MII"]})", TokenFault::algorithm},
      {R"({"alg":"HS256","jwk":{"kty":"oct","k":"a2tr"}})", TokenFault::algorithm},
      {R"({"alg":"HS256","j\u0077k":{}})", TokenFault::algorithm},
      {R"({"alg":"HS256","alg":"HS256"})", TokenFault::malformed},
      {R"({"alg":"none","alg":"HS256"})", TokenFault::malformed},
      {R"({"alg":"HS256","\u0061lg":"none"})", TokenFault::malformed},
      {R"(["HS256"])", TokenFault::malformed},
      {R"({"alg":"HS256")", TokenFault::malformed},
      {R"({"alg":"HS256"} x)", TokenFault::malformed},
      {"\xef\xbb\xbf{\"alg\":\"HS256\"}", TokenFault::malformed},
      {"{\"alg\":\"HS256\",\"kid\":\"\xff\"}", TokenFault::malformed},
      {"", TokenFault::malformed},
  };
  for (const auto& [header, expected] : rows) {
    CAPTURE(header);
    CHECK(verdict(signed_token(with_exp(""), header)) == expected);
  }
}

TEST_CASE("claims are taken only when each is of its type and in its range") {
  const std::string long_subject = R"("sub":")" + std::string(k_subject_bytes_max + 1, 's') + '"';
  const std::string longest_subject = R"("sub":")" + std::string(k_subject_bytes_max, 's') + '"';
  const std::pair<std::string, Verdict> rows[] = {
      {R"("sub":"U-1","role":"admin")", {}},
      {R"("other":{"deep":[1,2,{}]},"name":null)", {}},
      {R"("sub":"")", {}},
      {longest_subject, {}},
      {long_subject, TokenFault::malformed},
      {R"("sub":7)", TokenFault::malformed},
      {R"("sub":null)", TokenFault::malformed},
      {R"("sub":"a","sub":"b")", TokenFault::malformed},
      {R"("sub":"a","s\u0075b":"b")", TokenFault::malformed},
      {R"("other":1,"other":1)", TokenFault::malformed},
      {R"("iss":1)", TokenFault::malformed},
      {R"("aud":1)", TokenFault::malformed},
      {R"("aud":["a",1])", TokenFault::malformed},
      {R"("nbf":"1700000000")", TokenFault::malformed},
      {R"("nbf":null)", TokenFault::malformed},
      {R"("nbf":-1)", TokenFault::malformed},
      {R"("iat":1e999)", TokenFault::malformed},
      {R"("iat":[1])", TokenFault::malformed},
      {R"("iat":253402300800)", TokenFault::malformed},
      {R"("role":["admin"])", TokenFault::malformed},
      {R"("role":true)", TokenFault::malformed},
      {R"("roles":{"admin":true})", TokenFault::malformed},
      {R"("roles":["driver",null])", TokenFault::malformed},
      {R"("orders":"O-1")", TokenFault::malformed},
      {R"("orders":["O 1"])", TokenFault::malformed},
      {R"("orders":["*"])", TokenFault::malformed},
      {R"("runs":[1])", TokenFault::malformed},
      {R"("drivers":[""])", TokenFault::malformed},
      {R"("drivers":{})", TokenFault::malformed},
      {R"("rt":[])", TokenFault::malformed},
      {R"("rt":"*")", TokenFault::malformed},
      {R"("rt":{"subscribe":"*"})", TokenFault::malformed},
      {R"("rt":{"subscribe":["orders"]})", TokenFault::malformed},
      {R"("rt":{"subscribe":["orders/*","cars/1"]})", TokenFault::malformed},
      {R"("rt":{"publish":[1]})", TokenFault::malformed},
      {R"("rt":{"publish":["*"],"publish":["*"]})", TokenFault::malformed},
      {R"("rt":{"stats":1})", TokenFault::malformed},
      {R"("rt":{"stats":"true"})", TokenFault::malformed},
      {R"("rt":{},"rt":{})", TokenFault::malformed},
      {R"("rt":{"subscribe":[],"publish":[],"stats":false,"later":1})", {}},
  };
  for (const auto& [claims, expected] : rows) {
    CAPTURE(claims);
    CHECK(verdict(signed_token(with_exp(claims))) == expected);
  }
  for (const char* claims : {"", "[]", "7", "\"exp\"", "{\"exp\":1700003600", "{\"exp\":1700003600}{}"}) {
    CAPTURE(claims);
    CHECK(verdict(signed_token(claims)) == TokenFault::malformed);
  }
}

TEST_CASE("exp is required, counted to the second below, and given the leeway") {
  const auto of = [](const std::string& exp) { return signed_token("{\"exp\":" + exp + "}"); };
  const std::pair<const char*, Verdict> rows[] = {
      {"1700000001", {}},
      {"1699999971", {}},                   // 29 s ago
      {"1699999970", TokenFault::expired},  // the leeway's end itself: RFC 7519 says "on or after"
      {"1699999970.9", TokenFault::expired},
      {"1699999971.5", {}},
      {"1.7000036e9", {}},
      {"253402300799", {}},
      {"253402300800", TokenFault::malformed},
      {"1e400", TokenFault::malformed},
      {"-1", TokenFault::malformed},
      {"0", TokenFault::expired},
      {"\"1700003600\"", TokenFault::malformed},
      {"true", TokenFault::malformed},
      {"null", TokenFault::malformed},
  };
  for (const auto& [exp, expected] : rows) {
    CAPTURE(exp);
    CHECK(verdict(of(exp)) == expected);
  }
  CHECK(verdict("", {}) == TokenFault::malformed);
  CHECK(verdict(signed_token("{}")) == TokenFault::no_expiry);
  CHECK(verdict(signed_token("{}"), {.eternal_tokens_allowed = true}) == std::nullopt);
  CHECK(verdict(of("1"), {.eternal_tokens_allowed = true}) == TokenFault::expired);
  CHECK(verdict(of("1699999999"), {.leeway = 0s}) == TokenFault::expired);
  CHECK(verdict(of("1700000000"), {.leeway = 0s}, k_now - 1ms) == std::nullopt);
  CHECK(verify_token(of("1700000100.75"), rules_of({test_key()}), k_now)->expires_at ==
        WallTime(1'700'000'100s));
}

TEST_CASE("an expired token is told when it expired") {
  const auto verified = verify_token(signed_token(R"({"exp":1600000000})"), rules_of({test_key()}), k_now);
  REQUIRE_FALSE(verified.has_value());
  CHECK(verified.error().what == "the token expired at 2020-09-13T12:26:40.000Z");
}

TEST_CASE("nbf and iat may lie ahead by the leeway and no more") {
  for (const std::string claim : {"nbf", "iat"}) {
    const auto of = [&](const char* time) { return signed_token(with_exp('"' + claim + "\":" + time)); };
    CHECK(verdict(of("1700000000")) == std::nullopt);
    CHECK(verdict(of("1700000030")) == std::nullopt);
    CHECK(verdict(of("1700000030.9")) == std::nullopt);
    CHECK(verdict(of("1700000031")) == TokenFault::not_yet_valid);
    CHECK(verdict(of("1700000001"), {.leeway = 0s}) == TokenFault::not_yet_valid);
  }
}

TEST_CASE("issuer and audience are held against the token's when they are configured") {
  const auto of = [](const char* claims) { return signed_token(with_exp(claims)); };
  CHECK(verdict(of(R"("iss":"a")"), {.issuer = "a"}) == std::nullopt);
  CHECK(verdict(of(R"("iss":"b")"), {.issuer = "a"}) == TokenFault::issuer);
  CHECK(verdict(of(R"("iss":"A")"), {.issuer = "a"}) == TokenFault::issuer);
  CHECK(verdict(of(""), {.issuer = "a"}) == TokenFault::issuer);
  CHECK(verdict(of(R"("aud":"a")"), {.audience = "a"}) == std::nullopt);
  CHECK(verdict(of(R"("aud":["b","a"])"), {.audience = "a"}) == std::nullopt);
  CHECK(verdict(of(R"("aud":["b"])"), {.audience = "a"}) == TokenFault::audience);
  CHECK(verdict(of(R"("aud":[])"), {.audience = "a"}) == TokenFault::audience);
  CHECK(verdict(of(""), {.audience = "a"}) == TokenFault::audience);
  CHECK(verdict(of(R"("iss":"x","aud":"y")")) == std::nullopt);
}

TEST_CASE("a token that is not three parts of strict base64url is malformed") {
  const std::string good = signed_token(with_exp(""));
  const auto first = good.find('.');
  const auto second = good.rfind('.');
  CHECK(verdict(good) == std::nullopt);
  for (const std::string& token :
       {std::string(), std::string("."), std::string(".."), std::string("a.b.c"), good.substr(0, second),
        good + '.', good + ".x", '.' + good, good + '=', good + ' ', ' ' + good, good + '\n',
        "Bearer " + good, good.substr(0, first) + "=" + good.substr(first), good.substr(first),
        good + std::string(1, '\0')}) {
    CAPTURE(token);
    CHECK(verdict(token) == TokenFault::malformed);
  }
  CHECK(verdict(good.substr(0, second + 1)) == TokenFault::signature);
  CHECK(verdict(good.substr(0, first + 1) + good.substr(second)) == TokenFault::signature);
}

TEST_CASE("a token may have 8 KiB and no more") {
  const auto of = [](std::size_t filler) {
    return signed_token(with_exp("\"x\":\"" + std::string(filler, 'x') + '"'));
  };
  std::size_t filler = 6000;
  while (of(filler + 1).size() <= k_token_bytes_max) ++filler;
  CHECK(verdict(of(filler)) == std::nullopt);
  CHECK(verdict(of(filler + 1)) == TokenFault::malformed);
}

TEST_CASE("no byte of a token can be changed, and no other key signs it") {
  const std::string good = signed_token(with_exp(R"("sub":"U-1","role":"customer","orders":["O-1"])"));
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const char other : {'A', 'B', 'x', '-', '_', '.', '=', '\0'}) {
      if (good[i] == other) continue;
      std::string token = good;
      token[i] = other;
      CHECK(verdict(token).has_value());
    }
  const std::string foreign = signed_token(with_exp(""), k_hs256_header, test_key('f'));
  CHECK(verdict(foreign) == TokenFault::signature);
  CHECK(verify_token(foreign, rules_of({test_key(), test_key('f')}), k_now).has_value());
  CHECK(verify_token(good, {}, k_now).error().fault == TokenFault::algorithm);
}

TEST_CASE("what is wrong inside the claims is not said before the signature is verified") {
  const std::string foreign = signed_token("not JSON at all", k_hs256_header, test_key('f'));
  CHECK(verdict(foreign) == TokenFault::signature);
}

TEST_CASE("an error never repeats a value of the token") {
  for (const char* claims : {R"("sub":["hush"])", R"("orders":["hush hush"])",
                             R"("rt":{"subscribe":["hush"]})", R"("iss":"hush")", R"("aud":"hush")"}) {
    const TokenOptions options{.issuer = "a", .audience = "b"};
    const auto verified =
        verify_token(signed_token(with_exp(claims)), rules_of({test_key()}, options), k_now);
    REQUIRE_FALSE(verified.has_value());
    CHECK(verified.error().what.find("hush") == std::string::npos);
  }
}
