// SPDX-License-Identifier: MIT
// Which engines there are, how --store names them, and how one is opened. Main thread, at the start.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "store/engine.h"
#include "store/redis_address.h"

namespace rt::store {

// What "memory", "sqlite:PATH", "redis://..." or "unix:PATH" says.
struct StoreUrl {
  enum class Engine { memory, sqlite, redis } engine = Engine::memory;
  std::string path;
  RedisAddress redis;
  bool operator==(const StoreUrl&) const = default;
};

// Errors: of kind configuration.
base::Result<StoreUrl> parse_store_url(std::string_view text);

// What is kept; whatever is past either bound may go. The newest event of a topic stays, up to
// k_quiet_topics_max.
struct Retention {
  std::uint64_t events = 100'000;
  std::chrono::milliseconds age{3'600'000};  // 0: any
};

inline constexpr std::size_t k_quiet_topics_max = 100'000;

struct Opened {
  std::unique_ptr<Engine> engine;
  Recollection held;
};

// `clock` must outlive the engine. Errors say what to do: the path, another process on it, damage, a server
// that is not there.
base::Result<Opened> open_engine(const StoreUrl& url, const Retention& retention, const base::Clock& clock);

Opened open_memory(const base::Clock& clock);
base::Result<Opened> open_sqlite(const std::string& path, const Retention& retention,
                                 const base::Clock& clock);
base::Result<Opened> open_redis(const RedisAddress& address, const Retention& retention,
                                const base::Clock& clock);

}  // namespace rt::store
