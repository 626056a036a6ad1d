// SPDX-License-Identifier: MIT
#include "auth/key.h"

#include <doctest/doctest.h>

#include <set>
#include <thread>
#include <vector>

using namespace rt::auth;

namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes)
    for (const int shift : {4, 0}) out += "0123456789abcdef"[(static_cast<unsigned char>(c) >> shift) & 0xf];
  return out;
}

}  // namespace

TEST_CASE("the signature is HMAC with SHA-256 as in RFC 4231, cases 6 and 7") {
  const Key key = Key::from_secret(std::string(131, '\xaa')).value();
  CHECK(hex(key.sign("Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(hex(key.sign("This is a test using a larger than block-size key and a larger than block-size data. "
                     "The key needs "
                     "to be hashed before being used by the HMAC algorithm.")) ==
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST_CASE(
    "a key verifies its own signature, and none that differs in a bit, in length, or is of another key") {
  const Key key = Key::from_secret(std::string(32, 'a')).value();
  const std::string signature = key.sign("message");
  CHECK(key.verifies("message", signature));
  CHECK(Key(key).verifies("message", signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string other = signature;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(key.verifies("message", other));
  }
  for (std::size_t length = 0; length < signature.size(); ++length)
    CHECK_FALSE(key.verifies("message", signature.substr(0, length)));
  CHECK_FALSE(key.verifies("message", signature + '\0'));
  CHECK_FALSE(key.verifies("massage", signature));
  CHECK_FALSE(Key::from_secret(std::string(32, 'b')).value().verifies("message", signature));
}

TEST_CASE("one key may be used by several threads at once") {
  const Key key = Key::from_secret(std::string(32, 'a')).value();
  const std::string expected = key.sign("message");
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int& count : wrong)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) count += key.sign("message") != expected;
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("a secret under 32 bytes is refused, and not shown") {
  const auto key = Key::from_secret(std::string(31, 'q'));
  REQUIRE_FALSE(key.has_value());
  CHECK(key.error().kind == rt::base::ErrorKind::configuration);
  CHECK(key.error().what.find("qqq") == std::string::npos);
  CHECK(Key::from_secret(std::string(32, 'q')).has_value());
}

TEST_CASE("one line end behind a secret file's text is not part of the secret") {
  const std::string secret(32, 's');
  const std::string signature = Key::from_secret(secret).value().sign("message");
  CHECK(key_from_secret_file_text(secret).value().verifies("message", signature));
  CHECK(key_from_secret_file_text(secret + "\n").value().verifies("message", signature));
  CHECK(key_from_secret_file_text(secret + "\r\n").value().verifies("message", signature));
  CHECK_FALSE(key_from_secret_file_text(secret + "\n\n").value().verifies("message", signature));
  CHECK_FALSE(key_from_secret_file_text(" " + secret).value().verifies("message", signature));
  CHECK_FALSE(key_from_secret_file_text(std::string(31, 's') + "\n").has_value());
}

TEST_CASE("new secrets are 43 characters of base64url, long enough as a key, and never the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string secret = new_secret();
    CHECK(secret.size() == 43);
    CHECK(base64url_decode(secret).value().size() == 32);
    CHECK(key_from_secret_file_text(secret + "\n").has_value());
    seen.insert(secret);
  }
  CHECK(seen.size() == 100);
}
