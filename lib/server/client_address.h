// SPDX-License-Identifier: MIT
// Where a request comes from: the peer of its connection or, when that is a proxy that we trust, whom the
// proxy names in X-Forwarded-For. Nobody else's X-Forwarded-For is believed. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/message.h"

namespace rt::server {

// IPv4 as ::ffff:a.b.c.d, so that both spellings of one address are one.
using IpAddress = std::array<std::uint8_t, 16>;
// Numeric, without port, brackets or zone; nothing for all else.
std::optional<IpAddress> parse_ip_address(std::string_view text);
std::string to_string(const IpAddress& address);
bool is_ipv4(const IpAddress& address);

// Addresses that share their first bits: "10.0.0.0/8", "192.0.2.7", "fd00::/8".
struct AddressRange {
  IpAddress address{};
  unsigned bits = 128;
};
// Bits set behind the prefix are an error, with the range that was likely meant as hint.
base::Result<AddressRange> parse_address_range(std::string_view text);
bool contains(const AddressRange& range, const IpAddress& address);

struct TrustedProxies {
  std::vector<AddressRange> ranges;
  bool unix_peers = false;  // whoever connects to a Unix socket
};

// `peer` is as net::Accepted has it. From the right of the
// X-Forwarded-For fields the first address that is not a trusted proxy's; what is no address there ends the
// search at the one before.
std::string client_address(const http::Request& request, std::string_view peer,
                           const TrustedProxies& trusted);

}  // namespace rt::server
