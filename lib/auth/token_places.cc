// SPDX-License-Identifier: MIT
#include <algorithm>

#include "auth/token.h"
#include "base/text.h"

namespace rt::auth {
namespace {

constexpr std::string_view k_scheme = "Bearer";

// The token of `Bearer TOKEN` (RFC 6750 section 2.1), which may be empty; nothing for another scheme.
std::optional<std::string> bearer_token(std::string_view credentials) {
  if (!base::equal_ignoring_case(credentials.substr(0, k_scheme.size()), k_scheme)) return {};
  const std::string_view rest = credentials.substr(k_scheme.size());
  if (!rest.empty() && rest.front() != ' ') return {};
  return std::string(base::trim(rest));
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
  if (count > 1) return FoundToken{"", TokenPlace::header};
  if (count == 1)
    if (auto token = bearer_token(*request.field("Authorization")))
      return FoundToken{*std::move(token), TokenPlace::header};
  if (const auto cookie = request.cookie(places.cookie_name); cookie && !cookie->empty())
    return FoundToken{std::string(*cookie), TokenPlace::cookie};
  if (places.query_allowed)
    if (auto token = query_token(request.query)) return FoundToken{*std::move(token), TokenPlace::query};
  return {};
}

}  // namespace rt::auth
