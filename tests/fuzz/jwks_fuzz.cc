// SPDX-License-Identifier: MIT
// Key sets and PEM texts. Whatever they hold, no key comes of them that signs though it was published, that
// has no algorithm or that takes any bytes for a signature; and what is said of those left out can be logged.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "auth/jwks.h"
#include "base/text.h"

namespace {

using namespace rt::auth;

void must(bool holds) {
  if (!holds) std::abort();
}

void check_text(const std::string& text) {
  must(!text.empty() && rt::base::is_valid_utf8(text));
  must(std::ranges::none_of(text, [](unsigned char c) { return c < 0x20; }));
}

void check_key(const Key& key, std::string_view input) {
  must(key.id().size() <= k_key_id_bytes_max);
  bool serves = false;
  for (std::size_t i = 0; i < k_algorithm_count; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    serves = serves || key.serves(algorithm);
    must(!key.verifies(algorithm, "message", input.substr(0, 64)));
    const std::string signature = key.sign(algorithm, "message");
    must(signature.empty() || (key.can_sign() && key.serves(algorithm)));
    must(signature.empty() || key.verifies(algorithm, "message", signature));
  }
  must(serves);
}

void check_set(std::string_view input, Secrets secrets) {
  const auto jwks = parse_jwks(input, secrets);
  if (!jwks) return check_text(jwks.error().what);
  must(jwks->keys.size() + jwks->skipped.size() <= k_jwks_keys_max);
  for (const Key& key : jwks->keys) {
    check_key(key, input);
    must(!key.can_sign() || (secrets == Secrets::taken && jwks->holds_secrets));
  }
  for (const std::string& why : jwks->skipped) check_text(why);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_set(input, Secrets::left_out);
  check_set(input, Secrets::taken);
  const auto keys = parse_public_keys(input);
  if (!keys) {
    check_text(keys.error().what);
    return 0;
  }
  must(!keys->empty() && keys->size() <= k_jwks_keys_max);
  for (const Key& key : *keys) {
    check_key(key, input);
    must(!key.can_sign() && key.id().empty());
  }
  return 0;
}
