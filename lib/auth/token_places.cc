// SPDX-License-Identifier: MIT
#include <algorithm>

#include "auth/token.h"
#include "base/text.h"

namespace rt::auth {
namespace {

constexpr std::string_view k_scheme = "Bearer";

// The token of `Bearer TOKEN` (RFC 6750 section 2.1), which may be empty; nothing for another scheme.
std::optional<std::string_view> bearer_token(std::string_view credentials) {
  if (!base::equal_ignoring_case(credentials.substr(0, k_scheme.size()), k_scheme)) return {};
  const std::string_view rest = credentials.substr(k_scheme.size());
  if (!rest.empty() && rest.front() != ' ') return {};
  return base::trim(rest);
}

std::optional<std::string> query_token(std::string_view query) {
  const auto parameters = http::parse_query(query);
  if (!parameters) return {};
  std::optional<std::string> token;
  for (const auto& [name, value] : *parameters) {
    if (name != "token") continue;
    if (token) return "";
    token = value;
  }
  return token;
}

}  // namespace

std::optional<FoundToken> find_token(const http::Request& request, const TokenPlaces& places) {
  const auto is_authorization = [](const http::Field& field) {
    return base::equal_ignoring_case(field.name, "Authorization");
  };
  const auto count = std::ranges::count_if(request.fields, is_authorization);
  if (count > 1) return FoundToken{"", TokenPlace::header, nullptr};
  if (count == 1)
    if (const auto token = bearer_token(*request.field("Authorization")))
      return FoundToken{*token, TokenPlace::header, nullptr};
  if (const auto cookie = request.cookie(places.cookie_name); cookie && !cookie->empty())
    return FoundToken{*cookie, TokenPlace::cookie, nullptr};
  if (!places.query_allowed) return {};
  auto token = query_token(request.query);
  if (!token) return {};
  auto decoded = std::make_unique<std::string>(*std::move(token));
  const std::string_view text = *decoded;
  return FoundToken{text, TokenPlace::query, std::move(decoded)};
}

}  // namespace rt::auth
