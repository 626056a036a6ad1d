// SPDX-License-Identifier: MIT
#include "client/token_expiry.h"

#include "auth/key.h"
#include "base/text.h"
#include "model/json.h"

namespace rt::client {

std::optional<base::WallTime> token_expiry(std::string_view token) {
  constexpr double k_seconds_max = 253402300799.0;  // the end of year 9999
  const auto parts = base::split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto payload = auth::base64url_decode(parts[1]);
  if (!payload) return std::nullopt;
  const auto claims = model::parse_object(*payload);
  if (!claims) return std::nullopt;
  for (const auto& claim : *claims) {
    if (claim.key != "exp" || claim.type != model::JsonType::number) continue;
    const double seconds = model::number_of(claim.raw);
    if (seconds < 0 || seconds > k_seconds_max) return std::nullopt;
    return base::WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
  }
  return std::nullopt;
}

}  // namespace rt::client
