// SPDX-License-Identifier: MIT
#include "server/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <ranges>

#include "base/text.h"

namespace rt::server {

namespace {

constexpr IpAddress k_ipv4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t k_ipv4_at = 12;
constexpr unsigned k_ipv4_prefix_bits = 8 * k_ipv4_at;

// The first `bits` bits.
IpAddress prefix_of(IpAddress address, unsigned bits) {
  for (std::size_t at = 0; at < address.size(); ++at) {
    const auto kept =
        static_cast<unsigned>(std::clamp(static_cast<int>(bits) - static_cast<int>(8 * at), 0, 8));
    address[at] = static_cast<std::uint8_t>(address[at] & (0xff00U >> kept));
  }
  return address;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, base::is_digit);
}

// What proxies write for an address: "192.0.2.7", "192.0.2.7:4711", "2001:db8::7", "[2001:db8::7]",
// "[2001:db8::7]:4711".
std::optional<IpAddress> parse_forwarded(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view inside = text.substr(1, end - 1);
    const std::string_view behind = text.substr(end + 1);
    if (!inside.contains(':') || (!behind.empty() && !(behind.starts_with(':') && is_port(behind.substr(1)))))
      return std::nullopt;
    return parse_ip_address(inside);
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return parse_ip_address(text);
  return is_port(text.substr(colon + 1)) ? parse_ip_address(text.substr(0, colon)) : std::nullopt;
}

// Without an address it is the peer, on a Unix socket.
bool is_trusted(const std::optional<IpAddress>& address, const TrustedProxies& trusted) {
  if (!address) return trusted.unix_peers;
  return std::ranges::any_of(trusted.ranges,
                             [&](const AddressRange& range) { return contains(range, *address); });
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return std::nullopt;
  const std::string terminated(text);
  IpAddress address = k_ipv4_prefix;
  if (::inet_pton(AF_INET, terminated.c_str(), &address[k_ipv4_at]) == 1) return address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4(address)) {
    ::inet_ntop(AF_INET, &address[k_ipv4_at], text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return text.data();
}

bool is_ipv4(const IpAddress& address) {
  return prefix_of(address, k_ipv4_prefix_bits) == k_ipv4_prefix;
}

base::Result<AddressRange> parse_address_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address_text = text.substr(0, slash);
  const auto address = parse_ip_address(address_text);
  const bool written_as_ipv4 = !address_text.contains(':');
  std::optional<std::uint64_t> bits = written_as_ipv4 ? 32 : 128;
  const std::uint64_t bits_max = *bits;
  if (slash != std::string_view::npos) bits = base::parse_unsigned(text.substr(slash + 1));
  if (!address || !bits || *bits > bits_max) {
    return base::fail(base::ErrorKind::configuration,
                      "'" + base::printable(text) + "' is no address and no range of addresses",
                      "such as 192.0.2.7, 10.0.0.0/8 or fd00::/8");
  }
  const unsigned prefix_bits = static_cast<unsigned>(*bits) + (written_as_ipv4 ? k_ipv4_prefix_bits : 0);
  const IpAddress first = prefix_of(*address, prefix_bits);
  if (first != *address) {
    const bool meant_as_ipv4 = is_ipv4(first);
    return base::fail(base::ErrorKind::configuration,
                      "'" + base::printable(text) + "' has bits set behind its prefix",
                      "the range is " + to_string(first) + '/' +
                          std::to_string(meant_as_ipv4 ? prefix_bits - k_ipv4_prefix_bits : prefix_bits) +
                          "; the single address is " + to_string(*address));
  }
  return AddressRange{first, prefix_bits};
}

bool contains(const AddressRange& range, const IpAddress& address) {
  return prefix_of(address, range.bits) == range.address;
}

std::string client_address(const http::Request& request, std::string_view peer,
                           const TrustedProxies& trusted) {
  const bool is_canonical = !peer.contains(':');  // IPv4; IPv6 may stand for it
  if (is_canonical && !request.field("X-Forwarded-For")) return std::string(peer);
  std::optional<IpAddress> found = parse_ip_address(peer);
  const auto answer = [&] { return found ? to_string(*found) : std::string(peer); };
  for (const http::Field& field : request.fields | std::views::reverse) {
    if (!base::equal_ignoring_case(field.name, "X-Forwarded-For")) continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      if (!is_trusted(found, trusted)) return answer();
      const std::size_t comma = rest.rfind(',');
      const std::string_view element =
          base::trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      rest = rest.substr(0, comma == std::string_view::npos ? 0 : comma);
      if (element.empty()) continue;  // RFC 9110 section 5.6.1.2
      const auto address = parse_forwarded(element);
      if (!address) return answer();
      found = address;
    }
  }
  return answer();
}

}  // namespace rt::server
