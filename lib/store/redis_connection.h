// SPDX-License-Identifier: MIT
// RedisConnection: commands to a Redis and its replies, in the order in which they were sent. No wait is
// without an end: each names the time by which it is over, so that a peer that went away without a word is
// noticed by whoever waits; there is no keep-alive besides. After a fault it is of no use any more. One
// thread at a time. It knows no streams and no events.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/redis_address.h"
#include "store/redis_reply.h"

struct redisContext;

namespace rt::store {

using RedisTime = std::chrono::steady_clock::time_point;

// Why something could not be done, a phrase that lives as long as the program. Known by its address, which is
// why those below are arrays: a literal may have another address in each file.
using RedisFault = const char*;

inline constexpr char k_redis_unreachable[] = "Redis cannot be reached";
inline constexpr char k_redis_silent[] = "Redis does not answer";
inline constexpr char k_redis_lost[] = "the connection to Redis was lost";
inline constexpr char k_redis_denied[] = "Redis does not let us in: user or password are wrong";
inline constexpr char k_redis_nonsense[] = "Redis gives an answer that makes no sense";
inline constexpr char k_redis_verbose[] = "Redis gives an answer that is too large";
inline constexpr char k_redis_stopped[] = "stopped";

// What an error's code means for us.
RedisFault fault_of_code(std::string_view code);

class RedisConnection {
 public:
  // Connected, let in, and at the database. Finding the host by its name may take longer than `until`.
  // `stop`: a descriptor that ends every wait when it becomes readable; -1: none.
  static std::expected<std::unique_ptr<RedisConnection>, RedisFault> open(const RedisAddress& address,
                                                                          RedisTime until, int stop);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Puts a command behind the others; they go out while somebody waits for replies.
  void send(std::span<const std::string_view> words);
  void send(std::initializer_list<std::string_view> words) {
    send(std::span<const std::string_view>(words.begin(), words.size()));
  }
  // The reply to the oldest command without one. An error that Redis replies is a reply.
  std::expected<RedisReply, RedisFault> receive(RedisTime until);
  // Both. An error is a fault here.
  std::expected<RedisReply, RedisFault> ask(std::initializer_list<std::string_view> words, RedisTime until);

 private:
  explicit RedisConnection(redisContext* context, int stop);
  std::expected<void, RedisFault> wait(RedisTime until);
  std::expected<void, RedisFault> write();
  std::expected<void, RedisFault> read();

  struct Free {
    void operator()(redisContext* context) const;
  };
  std::unique_ptr<redisContext, Free> context_;
  int stop_;
  std::string output_;
  std::size_t output_sent_ = 0;
  std::size_t received_bytes_ = 0;  // since the last reply
};

}  // namespace rt::store
