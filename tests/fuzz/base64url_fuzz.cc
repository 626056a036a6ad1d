// SPDX-License-Identifier: MIT
// base64url. Every text has at most one meaning, and every meaning exactly one text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/key.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

bool is_digit_of_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rt::auth;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string text = base64url_encode(input);
  must(text.size() == (size * 4 + 2) / 3 && std::ranges::all_of(text, is_digit_of_base64url));
  must(base64url_decode(text) == std::string(input));

  const auto bytes = base64url_decode(input);
  if (!bytes) return 0;
  must(std::ranges::all_of(input, is_digit_of_base64url));
  must(base64url_encode(*bytes) == input);
  // With a digit more or less it is another text or none, never the same bytes.
  for (const std::string& other :
       {std::string(input) + 'A', std::string(input.substr(0, size == 0 ? 0 : size - 1))})
    must(other == input || base64url_decode(other) != *bytes);
  return 0;
}
