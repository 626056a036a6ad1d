// SPDX-License-Identifier: MIT
#include "store/redis_reply.h"

#include <hiredis/hiredis.h>

namespace rt::store {

bool RedisValue::is_nil() const {
  return reply_ != nullptr && reply_->type == REDIS_REPLY_NIL;
}

std::optional<std::string_view> RedisValue::text() const {
  if (reply_ == nullptr || (reply_->type != REDIS_REPLY_STRING && reply_->type != REDIS_REPLY_STATUS))
    return std::nullopt;
  return std::string_view(reply_->str, reply_->len);
}

std::optional<std::uint64_t> RedisValue::number() const {
  if (reply_ == nullptr || reply_->type != REDIS_REPLY_INTEGER || reply_->integer < 0) return std::nullopt;
  return static_cast<std::uint64_t>(reply_->integer);
}

std::optional<std::string_view> RedisValue::error_code() const {
  if (reply_ == nullptr || reply_->type != REDIS_REPLY_ERROR) return std::nullopt;
  constexpr std::size_t k_code_bytes_max = 20;
  const std::string_view text(reply_->str, reply_->len);
  const std::size_t end = std::min(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), text.size());
  return text.substr(0, end <= k_code_bytes_max ? end : 0);
}

std::optional<std::size_t> RedisValue::size() const {
  if (reply_ == nullptr || reply_->type != REDIS_REPLY_ARRAY) return std::nullopt;
  return reply_->elements;
}

RedisValue RedisValue::operator[](std::size_t index) const {
  if (reply_ == nullptr || reply_->type != REDIS_REPLY_ARRAY || index >= reply_->elements) return {};
  return RedisValue(reply_->element[index]);
}

void RedisReply::Free::operator()(redisReply* reply) const {
  freeReplyObject(reply);
}

}  // namespace rt::store
