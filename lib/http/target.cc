// SPDX-License-Identifier: MIT
#include "http/target.h"

#include <algorithm>
#include <boost/url/authority_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.h"

namespace rt::http {
namespace {

constexpr std::uint64_t k_port_max = 65535;

// The authority of an absolute-form target, where `rest` then starts with a path, a query, or nothing.
std::optional<std::string_view> take_origin(std::string_view& rest) {
  const std::size_t colon = rest.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = rest.substr(0, colon);
  if (!base::equal_ignoring_case(scheme, "http") && !base::equal_ignoring_case(scheme, "https"))
    return std::nullopt;
  rest.remove_prefix(colon + 3);
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);
  return authority;
}

// A name or an IPv4 address, as nearly all are: known to be valid without a parser.
bool is_plain_host(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return base::is_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
  });
}

}  // namespace

std::optional<Target> split_target(std::string_view target, Method method) {
  if (target == "*") return method == Method::options ? std::optional(Target{target, {}}) : std::nullopt;
  const bool is_clean =
      std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
  if (!is_clean) return std::nullopt;

  std::string_view rest = target;
  if (!target.starts_with('/')) {
    const auto authority = take_origin(rest);
    if (!authority || !is_valid_host(*authority)) return std::nullopt;
  }
  const std::size_t mark = std::min(rest.find('?'), rest.size());
  Target parts{rest.substr(0, mark), rest.substr(std::min(mark + 1, rest.size()))};
  // RFC 9110 section 4.2.3: an empty path is "/"; the scheme's own slash stands in for it.
  if (parts.path.empty()) parts.path = target.substr(target.find('/'), 1);
  return parts;
}

bool is_valid_host(std::string_view host) {
  const std::size_t colon = std::min(host.find(':'), host.size());
  if (is_plain_host(host.substr(0, colon))) {
    const auto port = base::parse_unsigned(host.substr(std::min(colon + 1, host.size())));
    if (colon == host.size() || port) return port.value_or(0) <= k_port_max;
  }
  if (host.empty() || host.find('@') != std::string_view::npos) return false;
  const auto authority = boost::urls::parse_authority(boost::core::string_view(host.data(), host.size()));
  if (!authority || authority->encoded_host().empty()) return false;
  if (!authority->has_port() || authority->port().empty()) return true;
  const auto port =
      base::parse_unsigned(std::string_view(authority->port().data(), authority->port().size()));
  return port && *port <= k_port_max;
}

}  // namespace rt::http
