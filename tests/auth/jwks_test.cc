// SPDX-License-Identifier: MIT
#include "auth/jwks.h"

#include <doctest/doctest.h>

#include "auth/signer.h"

using namespace rt::auth;
using Type = Signer::Type;

namespace {

std::string jwk(Type type) {
  return Signer::of(type).jwk();
}

// What is said of the only key of a set, which is left out.
std::string left_out(const std::string& members, Secrets secrets = Secrets::left_out) {
  const auto jwks = parse_jwks(jwk_set({members}), secrets);
  REQUIRE(jwks.has_value());
  CHECK(jwks->keys.empty());
  REQUIRE(jwks->skipped.size() == 1);
  return jwks->skipped[0];
}

bool is_taken(const std::string& members) {
  const auto jwks = parse_jwks(jwk_set({members}));
  return jwks && jwks->keys.size() == 1 && jwks->skipped.empty();
}

bool is_invalid(const std::string& text) {
  const auto jwks = parse_jwks(text);
  return !jwks && jwks.error().kind == rt::base::ErrorKind::invalid && !jwks.error().what.empty();
}

std::string okp(const std::string& octets) {
  return R"("kty":"OKP","crv":"Ed25519","x":")" + base64url_encode(octets) + '"';
}

// Another value for a member whose value is a string.
std::string with(std::string members, const std::string& key, const std::string& value) {
  const auto start = members.find('"' + key + "\":\"") + key.size() + 4;
  return members.replace(start, members.find('"', start) - start, value);
}

const std::string k_oct = R"("kty":"oct","k":")" + base64url_encode(std::string(32, 's')) + '"';

}  // namespace

TEST_CASE("the keys of RFC 7515 appendix A verify the signatures there") {
  const auto jwks = parse_jwks(jwk_set(
      {R"("kty":"RSA","kid":"A.2","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ")",
       R"("kty":"EC","kid":"A.3","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")",
       R"("kty":"OKP","kid":"8037","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")"}));
  REQUIRE(jwks.has_value());
  REQUIRE(jwks->keys.size() == 3);
  CHECK(jwks->keys[0].id() == "A.2");
  const std::string claims =
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  CHECK(jwks->keys[0].verifies(
      Algorithm::rs256, "eyJhbGciOiJSUzI1NiJ9." + claims,
      base64url_decode(
          "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
          "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvk"
          "SjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv"
          "Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw")
          .value()));
  CHECK(jwks->keys[1].verifies(
      Algorithm::es256, "eyJhbGciOiJFUzI1NiJ9." + claims,
      base64url_decode(
          "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
          .value()));
  CHECK(jwks->keys[2].verifies(
      Algorithm::eddsa, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      base64url_decode(
          "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
          .value()));
}

TEST_CASE("a key of each type is taken, with its name, whatever else is said of it") {
  for (const Type type : {Type::rsa2048, Type::p256, Type::p384, Type::ed25519}) {
    CHECK(is_taken(jwk(type)));
    CHECK(
        is_taken(jwk(type) + R"(,"use":"sig","key_ops":["verify"],"x5t":"x","later":{"a":[1]}, "kid" : "")"));
    const auto jwks = parse_jwks(jwk_set({jwk(type) + R"(,"kid":"a\u0062")"}));
    CHECK(jwks.value().keys.at(0).id() == "ab");
  }
}

TEST_CASE("a key with alg serves that one alone, and is left out when its type does not have it") {
  const auto jwks = parse_jwks(jwk_set({jwk(Type::rsa2048) + R"(,"alg":"RS512")"}));
  REQUIRE(jwks.value().keys.size() == 1);
  const Key& key = jwks->keys[0];
  CHECK(key.serves(Algorithm::rs512));
  CHECK_FALSE(key.serves(Algorithm::rs256));
  const std::string signature = Signer::of(Type::rsa2048).sign(Algorithm::rs256, "m");
  CHECK_FALSE(key.verifies(Algorithm::rs256, "m", signature));
  CHECK(is_taken(jwk(Type::p256) + R"(,"alg":"ES256")"));
  for (const char* alg :
       {"\"ES384\"", "\"RS256\"", "\"HS256\"", "\"none\"", "\"ECDH-ES\"", "\"es256\"", "\"\"", "7", "null"})
    left_out(jwk(Type::p256) + ",\"alg\":" + alg);
  for (const char* alg : {"PS512", "RSA-OAEP", "HS256"})
    left_out(jwk(Type::rsa2048) + ",\"alg\":\"" + alg + '"');
}

TEST_CASE("a key for another use than to verify signatures is left out") {
  for (const char* use :
       {R"("use":"enc")", R"("use":"")", R"("use":1)", R"("key_ops":["sign"])", R"("key_ops":[])",
        R"("key_ops":"verify")", R"("key_ops":[1])", R"("use":"sig","key_ops":["encrypt"])"})
    left_out(jwk(Type::p256) + ',' + use);
}

TEST_CASE("coordinates of another length, points off the curve and other curves are left out") {
  for (const Type type : {Type::p256, Type::p384}) {
    const std::string good = jwk(type);
    const std::size_t length = type == Type::p256 ? 32 : 48;
    for (const std::string key : {"x", "y"}) {
      for (const std::size_t wrong : {std::size_t{0}, length - 1, length + 1, 2 * length})
        left_out(with(good, key, base64url_encode(std::string(wrong, '\1'))));
      for (const char filler : {'\0', '\1', '\xff'})
        left_out(with(good, key, base64url_encode(std::string(length, filler))));
    }
  }
  left_out(with(jwk(Type::p256), "crv", "P-384"));
  left_out(with(jwk(Type::p384), "crv", "P-256"));
  left_out(with(jwk(Type::p256), "crv", "secp256k1"));
  left_out(with(jwk(Type::p256), "kty", "RSA"));
  left_out(with(jwk(Type::p256), "kty", "oct"));
  left_out(with(jwk(Type::p256), "kty", "ec"));
  left_out(Signer(Type::p521).jwk());
  left_out(Signer(Type::ed448).jwk());
  left_out(with(jwk(Type::ed25519), "crv", "X25519"));
  left_out(R"("kty":"EC","crv":"P-256","x":"AAAA")");
}

TEST_CASE("an Ed25519 key that is no point of the curve, or one of small order, is left out") {
  std::string octets(32, '\0');
  CHECK(is_taken(jwk(Type::ed25519)));
  left_out(okp(octets));                                     // order 4
  left_out(okp('\1' + std::string(31, '\0')));               // the neutral element
  left_out(okp('\xec' + std::string(30, '\xff') + '\x7f'));  // order 2
  left_out(okp(base64url_decode("xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o").value()));  // order 8
  left_out(okp(base64url_decode("JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU").value()));  // order 8
  left_out(okp('\xee' + std::string(30, '\xff') + '\x7f'));                                // y = p + 1
  left_out(okp(std::string(32, '\xff')));
  left_out(okp('\2' + std::string(31, '\0')));  // y = 2 is on no point
  left_out(okp('\7' + std::string(31, '\0')));
  left_out(okp(std::string(31, '\1')));
  left_out(okp(std::string(33, '\1')));
  int on_curve = 0;
  for (int i = 0; i < 64; ++i) {
    octets[0] = static_cast<char>(i);
    octets[5] = '\x55';
    on_curve += is_taken(okp(octets));
  }
  CHECK(on_curve > 10);
  CHECK(on_curve < 54);
}

TEST_CASE(
    "an RSA key of less than 2048 bits, more than 8192, or with a modulus or exponent that is none, is left "
    "out") {
  const std::string said = left_out(Signer(Type::rsa1024).jwk() + R"(,"kid":"old")");
  CHECK(said == "key 1 (kid 'old'): an RSA key of 1024 bits; at least 2048 are needed, at most 8192 taken");
  const std::string good = jwk(Type::rsa2048);
  for (const char* e : {"", "AA", "AQ", "Ag", "AQAA"}) left_out(with(good, "e", e));
  CHECK(is_taken(with(good, "e", "Aw")));
  left_out(with(good, "e", base64url_encode(std::string(9, '\1'))));
  left_out(with(good, "n", ""));
  left_out(with(good, "n", base64url_encode(std::string(255, '\xff'))));
  left_out(with(good, "n", base64url_encode(std::string(256, '\xfe'))));
  left_out(with(good, "n", base64url_encode(std::string(1025, '\xff'))));
  left_out(with(good, "n", base64url_encode(std::string(100'000, '\xff'))));
}

TEST_CASE("octets are strict base64url") {
  const std::string good = jwk(Type::ed25519), x = good.substr(good.find("\"x\":\"") + 5, 43);
  CHECK(is_taken(with(good, "x", x)));
  for (const std::string& wrong :
       {x + "=", " " + x, x + "\\n", x.substr(0, 42) + "+", x.substr(0, 42) + "_", x + "A"})
    left_out(with(good, "x", wrong));
}

TEST_CASE("secrets are taken from a file's set and left out of a published one") {
  const auto jwks =
      parse_jwks(jwk_set({k_oct + R"(,"kid":"a")", k_oct + R"(,"kid":"b","alg":"HS512")"}), Secrets::taken);
  REQUIRE(jwks.value().keys.size() == 2);
  CHECK(jwks->holds_secrets);
  CHECK(jwks->keys[0].can_sign());
  CHECK(jwks->keys[0].sign(Algorithm::hs384, "m") ==
        Key::from_secret(std::string(32, 's'))->sign(Algorithm::hs384, "m"));
  CHECK(jwks->keys[1].sign(Algorithm::hs256, "m").empty());
  CHECK(jwks->keys[1].sign(Algorithm::hs512, "m").size() == 64);
  left_out(k_oct);
  CHECK(parse_jwks(jwk_set({k_oct}))->holds_secrets);
  CHECK_FALSE(parse_jwks(jwk_set({jwk(Type::p256)}), Secrets::taken)->holds_secrets);
  const std::string short_secret = with(k_oct, "k", base64url_encode(std::string(31, 's')));
  CHECK(left_out(short_secret, Secrets::taken).find("sss") == std::string::npos);
  left_out(k_oct + R"(,"alg":"RS256")", Secrets::taken);
  left_out(R"("kty":"oct")", Secrets::taken);
}

TEST_CASE("a private key makes the set invalid, and is not shown") {
  for (const Type type : {Type::rsa2048, Type::p256, Type::p384, Type::ed25519}) {
    const Signer& signer = Signer::of(type);
    const auto jwks = parse_jwks(
        jwk_set({jwk(Type::p256), signer.jwk() + ',' + signer.private_member() + R"(,"kid":"k")"}));
    REQUIRE_FALSE(jwks.has_value());
    CHECK(jwks.error().what == "key 2 (kid 'k') is a private key: it holds d");
  }
  for (const char* member : {"p", "q", "dp", "dq", "qi", "oth"})
    CHECK(is_invalid(jwk_set({jwk(Type::rsa2048) + ",\"" + member + R"(":"AQ")"})));
}

TEST_CASE("what is said twice makes the set invalid, and a kid of the same type again is left out") {
  CHECK(is_invalid(R"({"keys":[],"keys":[]})"));
  CHECK(is_invalid(jwk_set({jwk(Type::p256) + R"(,"kty":"EC")"})));
  CHECK(is_invalid(jwk_set({jwk(Type::p256) + R"(,"kid":"a","k\u0069d":"b")"})));
  const std::string named = R"(,"kid":"a")";
  const auto jwks = parse_jwks(jwk_set({jwk(Type::p256) + named, jwk(Type::p384) + named,
                                        jwk(Type::rsa2048) + named, jwk(Type::p256), jwk(Type::p256)}));
  REQUIRE(jwks.value().keys.size() == 4);
  CHECK(jwks->keys[0].serves(Algorithm::es256));
  CHECK(jwks->keys[1].serves(Algorithm::rs256));
  CHECK(jwks->skipped == std::vector<std::string>{"key 2 (kid 'a'): a kid that another EC key has already"});
}

TEST_CASE("a key whose kid is no string, or too long, is left out") {
  for (const char* id : {"1", "null", "[]", "{}"}) left_out(jwk(Type::p256) + ",\"kid\":" + id);
  CHECK(is_taken(jwk(Type::p256) + ",\"kid\":\"" + std::string(k_key_id_bytes_max, 'k') + '"'));
  left_out(jwk(Type::p256) + ",\"kid\":\"" + std::string(k_key_id_bytes_max + 1, 'k') + '"');
}

TEST_CASE("what is no JWK set is invalid, and one without keys is not") {
  for (const char* text :
       {"", "[]", "{}", "7", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[1]})", R"({"keys":["a"]})",
        R"({"keys":[null]})", R"({"keys":[[]]})", R"({"keys":[{}],})", R"({"keys":[})", R"({"keys":[]} x)",
        "{\"keys\":[{\"kty\":\"\xff\"}]}", "-----BEGIN PUBLIC KEY-----"})
    CHECK(is_invalid(text));
  CHECK(is_invalid(R"({"keys":[{"a":)" + std::string(100, '[') + std::string(100, ']') + "}]}"));
  CHECK(is_invalid('{' + std::string(R"("kty":"EC")") + '}'));
  CHECK(parse_jwks(R"( { "keys" : [ ] , "more" : [ {} ] } )").value().keys.empty());
  left_out("");
  left_out(R"("kty":7)");
  const std::string whole = jwk_set({jwk(Type::ed25519) + R"(,"kid":"]},{\"[")", jwk(Type::p256)});
  CHECK(parse_jwks(whole).value().keys.size() == 2);
  CHECK(parse_jwks(whole).value().keys[0].id() == "]},{\"[");
  for (std::size_t length = 0; length < whole.size(); ++length) CHECK(is_invalid(whole.substr(0, length)));
}

TEST_CASE("a set has 256 KiB and a hundred keys and no more") {
  const auto of = [](std::size_t count) {
    std::string out = R"({"keys":[)";
    for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "{" : ",{") + jwk(Type::ed25519) + '}';
    return out + "]}";
  };
  CHECK(parse_jwks(of(k_jwks_keys_max)).value().keys.size() == k_jwks_keys_max);
  CHECK(is_invalid(of(k_jwks_keys_max + 1)));
  const std::string set = of(1);
  CHECK(parse_jwks(set + std::string(k_jwks_bytes_max - set.size(), ' ')).has_value());
  CHECK(is_invalid(set + std::string(k_jwks_bytes_max - set.size() + 1, ' ')));
}
