// SPDX-License-Identifier: MIT
// Tokens. The input is taken as a token from the wire, which nobody signed; as a signature for each key and
// algorithm; as claims that we signed, so that the readers behind the signature are reached; and as a header
// that we signed.
#include <cstdint>
#include <cstdlib>

#include "auth/jwks.h"
#include "auth/token.h"
#include "auth/verifier.h"
#include "public_keys.h"

namespace {

using namespace rt::auth;

constexpr rt::base::WallTime k_now{std::chrono::seconds(1'700'000'000)};

void must(bool holds) {
  if (!holds) std::abort();
}

const Key& secret() {
  static const Key made = Key::from_secret(std::string(32, 'k')).value();
  return made;
}

const std::shared_ptr<const Rules>& rules() {
  static const auto made = [] {
    Rules all{.keys = parse_jwks(k_public_keys).value().keys, .options = {}, .roles = {}};
    must(all.keys.size() == 4);
    all.keys.push_back(secret());
    return std::make_shared<const Rules>(std::move(all));
  }();
  return made;
}

bool accepted(std::string_view token) {
  // The same verifier for all inputs, so that what it remembers of one is there for the next.
  static Verifier verifier(rules(), {.tokens = 8, .patterns = 64});
  const auto verified = verify_token(token, *rules(), k_now);
  must(verified || !verified.error().what.empty());
  for (int i = 0; i < 2; ++i) {
    const auto remembered = verifier.verify(token, k_now);
    must(remembered.has_value() == verified.has_value());
    must(verified ? (*remembered)->fingerprint == verified->fingerprint &&
                        (*remembered)->rights.subscribe_patterns() == verified->rights.subscribe_patterns()
                  : remembered.error().fault == verified.error().fault);
  }
  must(verifier.remembered() <= 16);
  if (verified) {
    const auto all = verified->rights.subscription({{}});
    must(all.has_value() != verified->rights.subscribe_patterns().empty());
  }
  return verified.has_value();
}

std::string signed_token(std::string_view header, std::string_view claims) {
  const std::string text = base64url_encode(header) + '.' + base64url_encode(claims);
  return text + '.' + base64url_encode(secret().sign(Algorithm::hs256, text));
}

// Any change of one character must cost the token its acceptance.
void mutate(std::string token, std::size_t seed) {
  const std::size_t at = seed % token.size();
  token[at] = token[at] == 'A' ? 'B' : 'A';
  must(!accepted(token));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // The fuzzer has no way to a key, so whatever it finds to be accepted was not signed by us.
  must(!accepted(input));
  for (const Key& key : rules()->keys)
    for (std::size_t i = 0; i < k_algorithm_count; ++i)
      must(!key.verifies(static_cast<Algorithm>(i), "message", input));
  std::size_t seed = size;
  for (const char c : input) seed = seed * 31 + static_cast<unsigned char>(c);
  const std::string by_claims = signed_token(R"({"alg":"HS256","typ":"JWT"})", input);
  if (accepted(by_claims)) mutate(by_claims, seed);
  const std::string by_header = signed_token(input, R"({"exp":1700003600})");
  if (accepted(by_header)) mutate(by_header, seed);
  return 0;
}
