// SPDX-License-Identifier: MIT
#include "model/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

using namespace rt::model;
using namespace std::string_literals;

namespace {

// "KEY TYPE RAW" of each member, or the error.
std::string described(std::string_view bytes) {
  const char* const names[] = {"null", "boolean", "number", "string", "array", "object"};
  const auto members = parse_object(bytes);
  if (!members) return "error: " + members.error().what;
  std::string out;
  for (const JsonMember& member : *members) {
    out += member.key + " " + names[static_cast<std::size_t>(member.type)] + " " + std::string(member.raw) +
           "; ";
  }
  return out;
}

std::string nested(std::size_t depth, char open, char close) {
  return "{\"a\":" + std::string(depth - 1, open) + std::string(depth - 1, close) + "}";
}

}  // namespace

TEST_CASE("top-level members come in order with the bytes that were sent") {
  const std::pair<const char*, const char*> rows[] = {
      {"{}", ""},
      {" \t\r\n{ \n} \n", ""},
      {R"({"a":1})", "a number 1; "},
      {R"({"a":1,"b":-2.50,"c":1e5,"d":12345678901234567890,"e":12345678901234567890123,"f":1.0,"g":-0})",
       "a number 1; b number -2.50; c number 1e5; d number 12345678901234567890; e number "
       "12345678901234567890123; f number 1.0; g number -0; "},
      {R"({"a" : 1 , "b"	:
 2
})",
       "a number 1; b number 2; "},
      {R"({"a":null,"b":true,"c":false})", "a null null; b boolean true; c boolean false; "},
      {R"({"a":"x","b":"q\"\\","c":""})", R"(a string "x"; b string "q\"\\"; c string ""; )"},
      {R"({"a":{},"b":[],"c":{"a":{"x":[1,2,{"y":"}]"}]}},"d":[ [ ] , {} ]})",
       R"(a object {}; b array []; c object {"a":{"x":[1,2,{"y":"}]"}]}}; d array [ [ ] , {} ]; )"},
      {R"({"a":1,"a":2})", "a number 1; a number 2; "},
      {R"({"":0," ":1,":":2})", " number 0;   number 1; : number 2; "},
      {"{\"\\u00e9\":\"\\u00e9\",\"\xC3\xA9\":\"\xC3\xA9\"}",
       "\xC3\xA9 string \"\\u00e9\"; \xC3\xA9 string \"\xC3\xA9\"; "},
  };
  for (const auto& [bytes, expected] : rows) {
    CAPTURE(bytes);
    CHECK(described(bytes) == expected);
  }
}

TEST_CASE("the views point into the bytes that were given") {
  const std::string bytes = R"({"a":[1],"b":22})";
  const auto members = parse_object(bytes);
  REQUIRE(members);
  CHECK((*members)[0].raw.data() == bytes.data() + 5);
  CHECK((*members)[1].raw.data() == bytes.data() + 13);
}

TEST_CASE("strings are unescaped, those inside nested values are not looked at") {
  const auto members =
      parse_object(R"({"a":"x\n\u0041\ud83d\ude9a\/","b":["y"],"c":{"d":"z"},"e":1,"\u0074ype":"t"})");
  REQUIRE(members);
  CHECK((*members)[0].text == "x\nA\xF0\x9F\x9A\x9A/");
  for (const std::size_t i : {1, 2, 3}) CHECK((*members)[i].text.empty());
  CHECK((*members)[4].key == "type");
}

TEST_CASE("what is no JSON object is refused with the place") {
  const std::pair<std::string, const char*> rows[] = {
      {"", "unexpected end of input at byte 0"},
      {" ", "unexpected end of input at byte 1"},
      {"{", "unexpected end of input at byte 1"},
      {R"({"a":1)", "unexpected end of input at byte 6"},
      {"[]", "not an object at byte 0"},
      {"1", "not an object at byte 0"},
      {R"("a")", "not an object at byte 0"},
      {"null", "not an object at byte 0"},
      {"{} {}", "unexpected '{' at byte 3"},
      {"{}x", "invalid literal at byte 2"},
      {R"({"a":1,})", "unexpected '}' at byte 7"},
      {R"({'a':1})", "invalid literal at byte 1"},
      {R"({"a" 1})", "unexpected number literal at byte 5"},
      {R"({"a":1e999})", "number out of range at byte 9"},
      {"\xEF\xBB\xBF{}", "byte order mark at byte 0"},
      {"{}\0{"s, "NUL at byte 2"},
      {"{\"a\":\"\0\"}"s, "NUL at byte 6"},
  };
  for (const auto& [bytes, expected] : rows) {
    CAPTURE(bytes);
    CHECK(described(bytes) == "error: "s + expected);
    const auto members = parse_object(bytes);
    REQUIRE_FALSE(members);
    CHECK(members.error().offset <= bytes.size());
  }
}

TEST_CASE("spellings that JSON does not have are refused") {
  const std::string rows[] = {R"({"a":01})",          R"({"a":.5})",       R"({"a":5.})",
                              R"({"a":+1})",          R"({"a":-})",        R"({"a":0x1})",
                              R"({"a":NaN})",         R"({"a":Infinity})", R"({"a":1e})",
                              R"({"a":tru})",         R"({"a":nul})",      R"({"a":nule})",
                              R"({"a":[nul]})",       R"({"a":falsey})",   R"({"a":nullx})",
                              R"({"a":True})",        R"({"a":)",          R"({a:1})",
                              R"({"a":1 "b":2})",     R"({"a"})",          R"({"a":})",
                              R"({"a":[1,]})",        R"({"a":[1)",        R"({"a":[}]})",
                              R"({"a":"x})",          R"({"a":"\x"})",     R"({"a":"\u12"})",
                              "{\"a\":\"\n\"}",       "{\"a\":\"\x01\"}",  R"({/**/"a":1})",
                              "{\"a\":1}//",          R"({"a":-1e999})",   "{\"a\":\xC2\xA0 1}",
                              R"({"a":"\ud800"})",    R"({"a":"\udc00"})", R"({"a":"\ud800\u0041"})",
                              "{\"a\":\"\xFF\"}",     "{\"a\":\"\xC3\"}",  "{\"a\":\"\xED\xA0\x80\"}",
                              "{\"a\":\"\xC0\x80\"}", "{\"\xFF\":1}"};
  for (const std::string& bytes : rows) {
    CAPTURE(bytes);
    CHECK_FALSE(parse_object(bytes));
  }
}

TEST_CASE("an error does not repeat what was sent") {
  const auto refused = parse_object(R"({"secret-key":secret})");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what.find("secret") == std::string::npos);
}

TEST_CASE("every start of an object is refused and every other cut is found") {
  const std::string bytes = R"({"a":[1,{"b":"\u0041"}],"c":-1.5e3,"d":true})";
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(parse_object(std::string_view(bytes).substr(0, length)));
  }
  CHECK(parse_object(bytes));
}

TEST_CASE("values may be nested to the limit and no deeper") {
  CHECK(parse_object(nested(k_json_depth_max, '[', ']')));
  CHECK(described(nested(k_json_depth_max + 1, '[', ']')) == "error: nested too deeply at byte 68");
  CHECK_FALSE(parse_object(std::string(1'000'000, '[')));
  std::string objects;
  for (std::size_t i = 0; i < k_json_depth_max; ++i) objects += "{\"a\":";
  const std::string ends(k_json_depth_max, '}');
  CHECK(parse_object(objects + "0" + ends));
  CHECK(described(objects + "{}" + ends) == "error: nested too deeply at byte 320");
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK_FALSE(parse_object(objects));
}

TEST_CASE("numbers are read as the nearest double") {
  CHECK(number_of("-79.3832") == -79.3832);
  CHECK(number_of("1e5") == 1e5);
  CHECK(number_of("12345678901234567890123") == 12345678901234567890123.0);
  CHECK(number_of("1e-999") == 0);
}

TEST_CASE("strings are written so that any reader gets them back") {
  const std::pair<std::string, const char*> rows[] = {{"", R"("")"},
                                                      {"a\"b\\c/", R"("a\"b\\c/")"},
                                                      {"\n\t\x1F\x7F", "\"\\u000a\\u0009\\u001f\x7F\""},
                                                      {"\0"s, R"("\u0000")"},
                                                      {"caf\xC3\xA9", "\"caf\xC3\xA9\""},
                                                      {"a\xFFz", "\"a\xEF\xBF\xBDz\""}};
  for (const auto& [text, expected] : rows) {
    std::string out;
    append_json_string(out, text);
    CHECK(out == expected);
    CHECK(nlohmann::json::accept(out));
  }
}
