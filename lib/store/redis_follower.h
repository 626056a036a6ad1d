// SPDX-License-Identifier: MIT
// RedisFollower: the thread that reads the stream, and that keeps the link to Redis. A link is two
// connections, one to read and one to write, made together and given up together, so that both are to the
// same server. It is up once everything that was missed is read and a canary, written on the one, has come
// back on the other; then the writing connection is handed to the store's thread. Until then, and when it
// breaks, trouble() says why; it is made anew by itself, after pauses that grow and differ.
//
// Owned by RedisEngine. Everything is the follower's own thread's but what says otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/random.h"
#include "store/engine.h"
#include "store/redis_canary.h"
#include "store/redis_connection.h"
#include "store/redis_stream.h"

namespace rt::store {

// By when a link that brings nothing any more is noticed.
inline constexpr std::chrono::milliseconds k_deaf_within{5'000};

struct RedisWriter {
  std::unique_ptr<RedisConnection> connection;
  std::string publish_script;  // its name
};

class RedisFollower {
 public:
  // `place`: up to where the stream was read when the store was opened.
  RedisFollower(RedisAddress address, StreamPlace place);
  // Ends the thread.
  ~RedisFollower();
  RedisFollower(const RedisFollower&) = delete;
  RedisFollower& operator=(const RedisFollower&) = delete;

  // --- the store's thread

  void start(std::function<void(Arrival)> arrive);
  // The writing connection of a new link; null when there is none that was not taken yet.
  std::unique_ptr<RedisWriter> take_writer();
  // The writing connection broke: the link is given up.
  void give_up(RedisFault why);
  // This instance's next.
  Canary next_canary() { return {instance_, ++canaries_, {}}; }

  // --- any thread

  // Null while the link is up.
  RedisFault trouble() const { return trouble_; }
  // Entries of others that were no events.
  std::uint64_t skipped() const { return skipped_; }
  Census everywhere() const { return peers_.sum(); }

 private:
  void run();
  RedisFault follow();
  std::expected<std::unique_ptr<RedisWriter>, RedisFault> open_writer();
  std::expected<bool, RedisFault> take_page();
  std::expected<StreamPage, RedisFault> read_page();
  void note_wrong(const StreamEntry& entry);
  std::expected<void, RedisFault> await_entries();
  std::expected<void, RedisFault> take_canary(RedisValue entry);
  bool is_deaf(RedisTime now);
  void pause(unsigned attempt);
  void set_trouble(RedisFault why);

  const RedisAddress address_;
  const std::string instance_;
  const int stop_;  // an eventfd: the link is given up
  base::Random random_;
  std::function<void(Arrival)> arrive_;
  std::thread thread_;

  std::atomic<RedisFault> trouble_{k_redis_unreachable};
  std::atomic<RedisWriter*> fresh_{nullptr};
  std::atomic<RedisFault> given_up_{nullptr};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> canaries_{0};  // written
  std::atomic<std::uint64_t> skipped_{0};

  StreamPlace place_;
  bool is_cut_ = false;  // which is to be told with the next events
  Peers peers_;
  RedisTime wrong_logged_;
  // What was last seen of the clock of Redis, and when.
  std::uint64_t redis_ms_ = 0;
  RedisTime redis_ms_seen_;

  // Of this link.
  bool was_up_ = false;
  bool is_new_ = false;  // nothing was read yet
  std::unique_ptr<RedisConnection> connection_;
  std::string read_script_;
  sse::EventId canary_place_;
  std::uint64_t canary_seen_ = 0;
  std::uint64_t canary_awaited_ = 0;
  RedisTime awaited_since_;
};

}  // namespace rt::store
