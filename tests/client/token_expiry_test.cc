// SPDX-License-Identifier: MIT
#include "client/token_expiry.h"

#include <doctest/doctest.h>

#include "auth/key.h"
#include "base/time_text.h"
#include "client/refusal.h"

using namespace rt;

namespace {

std::string token_of(const std::string& payload) {
  return "e30." + auth::base64url_encode(payload) + ".c2ln";
}

}  // namespace

TEST_CASE("the expiry is the payload's exp") {
  CHECK(client::token_expiry(token_of(R"({"exp":1703082900})")) == base::parse_time("2023-12-20T14:35:00Z"));
  CHECK(!client::token_expiry(token_of(R"({"sub":"x"})")));
  CHECK(!client::token_expiry(token_of(R"({"exp":"soon"})")));
  CHECK(!client::token_expiry(token_of(R"({"exp":1e300})")));
  CHECK(!client::token_expiry("no.token"));
  CHECK(!client::token_expiry("a.!.c"));
}

TEST_CASE("a denial says when our own token expired, or that none was sent") {
  const auto now = *base::parse_time("2024-01-01T00:00:00Z");
  base::Error error{base::ErrorKind::denied, "x", {}};
  client::explain_denial(error, token_of(R"({"exp":1703082900})"), now);
  CHECK(error.hint == "the token expired at 2023-12-20T14:35:00.000Z; get a new one");
  error.hint.clear();
  client::explain_denial(error, token_of(R"({"exp":1803082900})"), now);
  CHECK(error.hint.empty());
  client::explain_denial(error, "", now);
  CHECK(error.hint == "no token was sent; see --token-file and $RT_TOKEN_FILE");
}
