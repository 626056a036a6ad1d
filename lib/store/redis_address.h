// SPDX-License-Identifier: MIT
// RedisAddress: which Redis, and who we are to it, as --store says:
// redis://[USER[:PASSWORD]@]HOST[:PORT][/DB] or unix:PATH[?db=N]. Pure value; any thread. The password is in
// no error and not in to_string().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rt::store {

struct RedisAddress {
  std::string socket_path;  // empty: TCP
  std::string host;
  std::uint16_t port = 6379;
  std::string user;      // empty: Redis' default user
  std::string password;  // empty: none
  std::uint16_t database = 0;
  bool operator==(const RedisAddress&) const = default;
};

// Does the text name a Redis, well or badly?
bool is_redis_url(std::string_view text);
// Errors: of kind configuration. They show nothing of the text, which may hold a password.
base::Result<RedisAddress> parse_redis_address(std::string_view text);
// For logs and errors: "redis://rtserve@db.example:6379/0", "unix:/run/redis/redis.sock".
std::string to_string(const RedisAddress& address);

}  // namespace rt::store
