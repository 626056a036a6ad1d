// SPDX-License-Identifier: MIT
// Reactor: one shard's thread. It owns a Poller, its listening sockets, its connections, its
// hub::Shard and the mailbox through which the store and the life cycle reach it; nothing is shared with
// other reactors. A turn: whatever is ready is handled, publishes and audience changes go to the store in one
// post, then everybody with something coming is written to, and only then does the thread sleep.
//
// Everything but mailbox(), counts() and the constructor is the reactor's thread's alone.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/histogram.h"
#include "hub/shard.h"
#include "net/mailbox.h"
#include "net/service.h"
#include "net/socket.h"
#include "net/survey.h"
#include "net/tls.h"
#include "store/store.h"

namespace rt::net {

enum class Command {
  halve,  // for want of memory: half of what the shard retains is forgotten
  stop,   // run() returns now
};

// No new connections from now on. Requests in flight are answered, and with it their connections close; idle
// ones get `last_requests` for one more. Then the streams end with a retry, each at a moment of its own
// within `spread`, and go on as ever until then. run() returns once all are gone.
struct Drain {
  std::chrono::milliseconds last_requests;
  std::chrono::milliseconds spread;
};

// What a shard serves with; new connections and requests go by the newest, what has begun goes on with its
// own.
struct Serving {
  std::shared_ptr<Service> service;      // this shard's own
  std::shared_ptr<const TlsServer> tls;  // null: plain HTTP
};

using ShardMail =
    std::variant<std::shared_ptr<const store::Recollection>, std::shared_ptr<const store::Arrival>,
                 std::vector<store::Answer>, Command, Drain, Serving, Survey>;
using StoreMailbox = Mailbox<store::Asked>;

struct ReactorLimits {
  hub::ShardLimits shard;
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds request_timeout{10'000};  // for a request's head and body, absolute
  std::chrono::milliseconds retain_for{3'600'000};
};

inline constexpr std::array<std::uint64_t, 12> k_latency_bounds_us = {
    1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};

// Written by the reactor's thread, read by any.
struct ReactorCounts {
  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> ticks{0};  // stands still when the loop hangs
  std::atomic<std::uint64_t> connections_open{0};
  std::atomic<std::uint64_t> accept_errors{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> deliveries{0};
  std::atomic<std::uint64_t> slow_gaps{0};
  std::atomic<std::uint64_t> cut_gaps{0};
  std::atomic<std::uint64_t> streams_blocked{0};
  std::atomic<std::uint64_t> lag_events_max{0};  // of a blocked stream
  std::atomic<std::uint64_t> lag_ms_max{0};
  std::atomic<std::uint64_t> bytes_sent{0};
  std::atomic<std::uint64_t> window_events{0};
  std::atomic<std::uint64_t> topics{0};
  std::atomic<double> events_per_second{0};  // of late; the same for every shard
  std::atomic<double> deliveries_per_second{0};
  // From an event's id until this shard's flush of it ended, for those with readers here.
  base::Histogram<k_latency_bounds_us.size()> latency{k_latency_bounds_us};
};

class Reactor {
 public:
  // `store` and `clock` must outlive the reactor. `index` is its place among all shards.
  Reactor(std::uint32_t index, const ReactorLimits& limits, std::vector<Descriptor> listeners,
          Serving serving, StoreMailbox& store, sse::EventId origin, const base::Clock& clock);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Serves until told to stop, or until drained.
  void run();

  Mailbox<ShardMail>& mailbox() { return mailbox_; }
  const ReactorCounts& counts() const { return counts_; }

 private:
  friend class Connection;
  struct Loop;

  Mailbox<ShardMail> mailbox_;
  ReactorCounts counts_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace rt::net
