// SPDX-License-Identifier: MIT
#include "store/redis_address.h"

#include <sys/un.h>

#include <array>
#include <optional>

#include "base/text.h"

namespace rt::store {

namespace {

constexpr std::string_view k_tcp = "redis://";
constexpr std::string_view k_tls = "rediss://";
constexpr std::string_view k_unix = "unix:";
constexpr std::string_view k_redis_unix = "redis+unix:";

std::unexpected<base::Error> wrong(const char* what) {
  return base::fail(base::ErrorKind::configuration, std::string("this is no address of a Redis: ") + what,
                    "such as redis://db.example:6379/0 or unix:/run/redis/redis.sock");
}

// The part of `text` behind the first `separator`, cut off from it; nothing when there is none.
std::optional<std::string_view> cut_off(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

template <class Number>
bool read_number(std::string_view text, Number& out, std::uint64_t least) {
  const auto number = base::parse_unsigned(text);
  if (!number || *number < least || *number > 65535) return false;
  out = static_cast<Number>(*number);
  return true;
}

base::Result<RedisAddress> parse_unix(std::string_view text) {
  RedisAddress address;
  const auto query = cut_off(text, '?');
  if (query && (!query->starts_with("db=") || !read_number(query->substr(3), address.database, 0)))
    return wrong("behind the path there can be ?db=N only");
  if (text.starts_with("//")) text.remove_prefix(2);
  if (text.empty() || text.size() >= sizeof(sockaddr_un::sun_path)) return wrong("the path's length");
  address.socket_path = text;
  return address;
}

bool read_credentials(std::string_view text, RedisAddress& address) {
  const auto password = cut_off(text, ':');
  const auto user = base::percent_decode(text);
  const auto decoded = base::percent_decode(password.value_or(""));
  if (!user || !decoded) return false;
  address.user = *user;
  address.password = *decoded;
  return true;
}

base::Result<RedisAddress> parse_tcp(std::string_view text) {
  RedisAddress address;
  // A password may hold an @ that nobody encoded.
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    if (!read_credentials(text.substr(0, at), address)) return wrong("user or password are not well encoded");
    text.remove_prefix(at + 1);
  }
  const auto database = cut_off(text, '/');
  if (database && !database->empty() && !read_number(*database, address.database, 0))
    return wrong("behind the host there can be the number of a database only");
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    const auto rest = cut_off(text, ']');
    if (!rest || (!rest->empty() && !rest->starts_with(':'))) return wrong("the host's brackets");
    if (!rest->empty() && !read_number(rest->substr(1), address.port, 1)) return wrong("the port");
  } else if (const auto port = cut_off(text, ':')) {
    if (!read_number(*port, address.port, 1)) return wrong("the port");
  }
  if (text.empty() || text.size() > 255) return wrong("the host's length");
  address.host = text;
  return address;
}

}  // namespace

bool is_redis_url(std::string_view text) {
  for (const std::string_view scheme : {k_tcp, k_tls, k_unix, k_redis_unix}) {
    if (text.starts_with(scheme)) return true;
  }
  return false;
}

base::Result<RedisAddress> parse_redis_address(std::string_view text) {
  if (text.starts_with(k_tls))
    return base::fail(base::ErrorKind::configuration, "rediss:// (Redis over TLS) is not spoken",
                      "put a TLS tunnel such as stunnel in between, and name its local end");
  if (text.starts_with(k_tcp)) return parse_tcp(text.substr(k_tcp.size()));
  if (text.starts_with(k_unix)) return parse_unix(text.substr(k_unix.size()));
  if (text.starts_with(k_redis_unix)) return parse_unix(text.substr(k_redis_unix.size()));
  return wrong("its beginning");
}

std::string to_string(const RedisAddress& address) {
  const std::string database = std::to_string(address.database);
  if (!address.socket_path.empty())
    return std::string(k_unix) + address.socket_path + (address.database == 0 ? "" : "?db=" + database);
  std::string text(k_tcp);
  if (!address.user.empty()) text += address.user + '@';
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  text += is_ipv6 ? '[' + address.host + ']' : address.host;
  return text + ':' + std::to_string(address.port) + '/' + database;
}

}  // namespace rt::store
