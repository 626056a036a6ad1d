// SPDX-License-Identifier: MIT
#include "client/redirect.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rt::client {
namespace {

constexpr std::array k_redirects = {301, 302, 303, 307, 308};

bool is_same_origin(const std::string& a, const std::string& b) {
  const auto left = parse_url(a);
  const auto right = parse_url(b);
  return left && right && left->is_tls == right->is_tls && left->port == right->port &&
         base::equal_ignoring_case(left->host, right->host);
}

std::optional<Place> place_of(const std::string& url) {
  const auto parts = parse_url(url);
  if (!parts) return std::nullopt;
  const auto server_end = url.find_first_of("/?#", url.find("://") + 3);
  return Place{url.substr(0, server_end), (parts->path.starts_with('/') ? "" : "/") + parts->path};
}

}  // namespace

std::optional<Place> redirect_target(const Place& from, const Answer& answer) {
  const auto location = answer.headers.find("location");
  if (std::ranges::find(k_redirects, answer.status) == k_redirects.end() ||
      location == answer.headers.end()) {
    return std::nullopt;
  }
  const std::string to(base::trim(location->second));
  if (to.find(':') < to.find_first_of("/?#")) return place_of(to);  // it has a scheme
  if (to.starts_with("//")) return place_of(from.server.substr(0, from.server.find(':') + 1) + to);
  if (to.starts_with('/')) return place_of(from.server + to);
  const auto path = from.path.substr(0, from.path.find('?'));
  if (to.starts_with('?')) return place_of(from.server + path + to);
  return to.empty() ? std::nullopt : place_of(from.server + path.substr(0, path.rfind('/') + 1) + to);
}

void move_to(Server& server, const std::string& url) {
  if (!is_same_origin(server.url, url)) {
    server.token.clear();
    std::erase_if(server.headers, [](const auto& header) {
      return base::equal_ignoring_case(header.first, "Authorization") ||
             base::equal_ignoring_case(header.first, "Cookie");
    });
  }
  server.url = url;
}

}  // namespace rt::client
