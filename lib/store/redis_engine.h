// SPDX-License-Identifier: MIT
// RedisEngine: events in one stream of a Redis server, which any number of instances, and other programs,
// share. Redis gives the ids and the order; whatever is in the stream arrives at every instance from there,
// by the follower's thread (store/redis_follower.h), also what this instance appended.
//
// What has a receipt is in Redis; how safe it is there is Redis' own business (appendfsync). What has none
// may be there all the same: when Redis falls silent, nobody can know whether it took what was sent, and it
// may still take it when it wakes. Whoever repeats the publish with its Idempotency-Key gets the receipt of
// the first one then, for keys are kept in Redis together with the events.
//
// append() waits a quarter of a second for Redis, longer only where much is sent at once; after that, and
// until the follower has made a new link, it says no at once. tidy() writes the canaries.
//
// Store's thread, but for trouble(), skipped() and everywhere(). The stream is in store/redis_stream.h, its
// entries in store/redis_entry.h.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/idempotency.h"
#include "store/open.h"
#include "store/redis_follower.h"

namespace rt::store {

class RedisEngine final : public Engine {
 public:
  RedisEngine(const RedisAddress& address, const Retention& retention, const base::Clock& clock,
              StreamPlace place)
      : retention_(retention), clock_(clock), follower_(address, place) {}

  const char* name() const override { return "redis"; }
  // Waits for the first link, but not for long.
  void start(std::function<void(Arrival)> arrive, std::function<Census()> census) override;
  Appended append(std::vector<Entry> entries) override;
  std::chrono::milliseconds tidy() override;
  const char* trouble() const override;
  std::chrono::milliseconds lag_max() const override { return k_deaf_within; }
  bool is_cut_off() const override { return follower_.trouble() != nullptr; }
  std::optional<Census> everywhere() const override { return follower_.everywhere(); }
  std::uint64_t skipped() const override { return follower_.skipped(); }

 private:
  RedisWriter* writer();
  std::string kept() const;
  void send(const Entry& entry);
  base::Result<Receipt> take_reply(const Entry& entry, RedisTime until);
  base::Result<Receipt> receipt_of(const Entry& entry, RedisValue reply);
  std::unexpected<base::Error> refuse(RedisFault why);
  void break_off(RedisFault why);

  Retention retention_;
  const base::Clock& clock_;
  std::function<Census()> census_;
  RedisFollower follower_;
  std::unique_ptr<RedisWriter> writer_;
  Idempotency idempotency_;     // a copy: what this instance has answered, it can answer without Redis
  std::uint64_t redis_ms_ = 0;  // the time in Redis, as of the last canary
  std::atomic<RedisFault> refusal_{nullptr};  // Redis is there, and takes no events
};

}  // namespace rt::store
