// SPDX-License-Identifier: MIT
// What an Answer says to people and to those who try again.
#include <algorithm>
#include <ctime>

#include "base/text.h"
#include "client/http_connection.h"
#include "model/json.h"

namespace rt::client {
namespace {

constexpr std::size_t k_detail_bytes_max = 300;
constexpr std::chrono::seconds k_retry_after_max{3600};

// RFC 9110 section 5.6.7, IMF-fixdate only.
std::optional<std::chrono::seconds> until_http_date(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::seconds(std::max<std::time_t>(0, timegm(&parts) - std::time(nullptr)));
}

}  // namespace

std::string Answer::detail() const {
  if (const auto members = model::parse_object(body)) {
    for (const char* key : {"detail", "title"}) {
      for (const auto& member : *members) {
        if (member.key == key && !member.text.empty())
          return base::printable(member.text, k_detail_bytes_max);
      }
    }
  }
  return base::printable(reason, k_detail_bytes_max);
}

std::optional<std::chrono::milliseconds> Answer::retry_after() const {
  const auto field = headers.find("retry-after");
  if (field == headers.end()) return std::nullopt;
  const std::string text(base::trim(field->second));
  std::optional<std::chrono::seconds> wait;
  if (const auto seconds = base::parse_unsigned(text)) {
    const auto capped =
        std::min<std::uint64_t>(*seconds, static_cast<std::uint64_t>(k_retry_after_max.count()));
    wait = std::chrono::seconds(static_cast<std::int64_t>(capped));
  } else {
    wait = until_http_date(text);
  }
  if (!wait) return std::nullopt;
  return std::min(*wait, k_retry_after_max);
}

}  // namespace rt::client
