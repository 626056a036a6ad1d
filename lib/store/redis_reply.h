// SPDX-License-Identifier: MIT
// RedisReply: an answer of Redis, owned. RedisValue: a look at it or at a part of it. An answer is what the
// other side says, not what we expect: whoever asks for a text, a number or a member that is not there gets
// nothing, and so does whoever looks further into that. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct redisReply;

namespace rt::store {

// Lives as long as the reply.
class RedisValue {
 public:
  RedisValue() = default;
  explicit RedisValue(const redisReply* reply) : reply_(reply) {}

  bool is_nil() const;                           // Redis said: there is none
  std::optional<std::string_view> text() const;  // a string, or a status such as "OK"
  std::optional<std::uint64_t> number() const;   // an integer, not below 0
  // The first word of an error, "NOAUTH": what comes behind it may repeat what was sent, also a password.
  std::optional<std::string_view> error_code() const;
  std::optional<std::size_t> size() const;  // of an array
  RedisValue operator[](std::size_t index) const;

 private:
  const redisReply* reply_ = nullptr;  // null: nothing
};

class RedisReply {
 public:
  explicit RedisReply(redisReply* reply) : reply_(reply) {}
  RedisValue value() const { return RedisValue(reply_.get()); }

 private:
  struct Free {
    void operator()(redisReply* reply) const;
  };
  std::unique_ptr<redisReply, Free> reply_;
};

}  // namespace rt::store
