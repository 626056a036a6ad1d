// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "auth/key.h"

using namespace rt::auth;

TEST_CASE("base64url spells the vectors of RFC 4648 without padding, both ways") {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64url_encode(bytes) == text);
    CHECK(base64url_decode(text).value() == bytes);
  }
}

TEST_CASE("every byte survives base64url, with - and _ for the last two digits") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t length = 0; length <= bytes.size(); ++length)
    CHECK(base64url_decode(base64url_encode(bytes.substr(0, length))).value() == bytes.substr(0, length));
  CHECK(base64url_encode("\xfb\xff") == "-_8");
}

TEST_CASE("base64url with padding, other characters, stray bits or an impossible length is refused") {
  for (const char* text : {"Zg==", "Zg=", "Zm8=", "Z", "Zm9vY", "Zh", "Zm9", "Zm8+", "Zm8/", "Zm 9v",
                           "Zm9v\n", " Zm9v", "Zm9v.", "Zm\xc3\xa9"}) {
    CAPTURE(text);
    CHECK_FALSE(base64url_decode(text).has_value());
  }
  CHECK_FALSE(base64url_decode(std::string_view("Zm\0v", 4)).has_value());
}
