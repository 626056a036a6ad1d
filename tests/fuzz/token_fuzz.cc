// SPDX-License-Identifier: MIT
// Tokens. The input is taken three times: as a token from the wire, which no secret of ours signed; as claims
// that we signed, so that the readers behind the signature are reached; and as a header that we signed.
#include <cstdint>
#include <cstdlib>

#include "auth/token.h"

namespace {

using namespace rt::auth;

const Key& key() {
  static const Key made = Key::from_secret(std::string(32, 'k')).value();
  return made;
}

constexpr rt::base::WallTime k_now{std::chrono::seconds(1'700'000'000)};

bool accepted(std::string_view token) {
  const auto verified = verify_token(token, {key()}, {}, k_now);
  if (!verified && verified.error().what.empty()) std::abort();
  if (verified) {
    const auto all = verified->rights.subscription({{}});
    if (all.has_value() == verified->rights.subscribe_patterns().empty()) std::abort();
  }
  return verified.has_value();
}

std::string signed_token(std::string_view header, std::string_view claims) {
  const std::string text = base64url_encode(header) + '.' + base64url_encode(claims);
  return text + '.' + base64url_encode(key().sign(text));
}

// Any change of one character must cost the token its acceptance.
void mutate(std::string token, std::size_t seed) {
  const std::size_t at = seed % token.size();
  token[at] = token[at] == 'A' ? 'B' : 'A';
  if (accepted(token)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // The fuzzer has no way to the secret, so whatever it finds to be accepted was not signed by us.
  if (accepted(input)) std::abort();
  std::size_t seed = size;
  for (const char c : input) seed = seed * 31 + static_cast<unsigned char>(c);
  const std::string by_claims = signed_token(R"({"alg":"HS256","typ":"JWT"})", input);
  if (accepted(by_claims)) mutate(by_claims, seed);
  const std::string by_header = signed_token(input, R"({"exp":1700003600})");
  if (accepted(by_header)) mutate(by_header, seed);
  if (base64url_decode(base64url_encode(input)) != std::string(input)) std::abort();
  return 0;
}
