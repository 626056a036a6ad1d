// SPDX-License-Identifier: MIT
// Shard: a replica of the recent past and the subscribers who read from it. It is given batches,
// subscriptions and word that a socket has room again, and says which bytes go where. Live delivery, resume
// and catching up are one operation: write what lies after the subscriber's position and matches it, then
// move.
//
// Work is done at the caller's pace: apply() and open() only note who has something coming; flush() writes to
// each of them, all it can, in one go. Pure: no socket, clock or thread; one thread calls it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/rights.h"
#include "hub/control.h"
#include "hub/subscriber.h"
#include "hub/topic_index.h"
#include "hub/window.h"
#include "store/audience.h"

namespace rt::hub {

struct ShardLimits {
  WindowLimits window;
  std::size_t topics_max = 100'000;
  // What one write may hold. A subscriber's memory when a write comes up short is bounded by it.
  std::size_t block_bytes_max = 64 * 1024;
};

enum class Snapshot { send, omit };

struct Opening {
  std::string_view head;                          // bytes that go before anything else (the response's head)
  std::optional<std::string_view> last_event_id;  // as the client sent it
  Snapshot snapshot = Snapshot::send;
  Naming naming = Naming::topics;
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds retry{2'000};
};

// What happened since the start.
struct ShardCounts {
  std::uint64_t deliveries = 0;
  std::uint64_t gaps = 0;
};

class Shard {
 public:
  Shard(const ShardLimits& limits, sse::EventId origin)
      : limits_(limits), window_(limits.window, origin), index_(limits.topics_max) {}

  void apply(const store::Batch& batch);
  // Forgets events older than `ms` (Unix milliseconds), but for each topic's newest.
  void expire(std::uint64_t ms) { window_.expire(ms); }
  // For want of memory: forgets the older half of the events and, of the quieter half of the topics, those
  // without readers or events. Who had not read what is gone is told of the gap.
  void halve();

  // Is this the id of an event that has not reached this shard, or never will?
  bool lies_ahead(std::string_view last_event_id) const;
  // Starts the stream; its first bytes go out with the next flush().
  Verdict open(Subscriber& subscriber, const auth::Subscription& subscription, const Opening& opening);
  // Forgets the subscriber, and returns what its leaving means for the audience. Not from within
  // Sink::write().
  store::AudienceChange close(Subscriber& subscriber);

  // Puts a control message before the subscriber's next event.
  void say(Subscriber& subscriber, std::string_view message);
  // Says that we are alive, and up to where the subscriber is served; nothing when there is more to write.
  void heartbeat(Subscriber& subscriber);
  // Once everything is written that the subscriber has coming: `message`, the last chunk, and nothing more.
  void end(Subscriber& subscriber, std::string_view message);

  void on_writable(Subscriber& subscriber);
  // Writes to everybody who has something coming.
  void flush();
  // flush() stopped early with some, to be fair to others: call it again without waiting.
  bool has_work() const { return !dirty_channels_.empty() || !dirty_subscribers_.empty(); }

  const ShardCounts& counts() const { return counts_; }
  const Window& window() const { return window_; }
  std::size_t topic_count() const { return index_.size(); }

 private:
  // Bytes to write, and where the positions are once they are written.
  struct Block {
    std::string_view bytes;
    std::shared_ptr<const void> owner;  // null: the bytes are in scratch_
  };
  // The events after one place of one chain: most readers of a chain stand at the same place, so it is put
  // together once for all of them.
  struct SharedBlock {
    const Channel* channel = nullptr;
    Seq first = 0;
    Framing framing = Framing::chunked;
    Seq last = 0;
    std::uint64_t events = 0;
    Block block;
  };

  Verdict place(Subscriber& subscriber, std::optional<std::string_view> last_event_id,
                sse::EventId& position);
  void add_feed(Subscriber& subscriber, Channel& channel, Link link);
  std::uint64_t set_position(Subscriber& subscriber, Seq position);
  void mark(Channel& channel);
  void mark(Subscriber& subscriber);

  void pump(Subscriber& subscriber);
  bool write(Subscriber& subscriber, const Block& block);
  bool write_rest(Subscriber& subscriber);
  Block next_block(Subscriber& subscriber);
  void append_gap(Subscriber& subscriber);
  void append_snapshots(Subscriber& subscriber);
  bool append_snapshot(const TopicRecord& record, sse::EventId until, Framing framing);
  void append_events(Subscriber& subscriber);
  Block shared_block(Subscriber::Feed& feed, Framing framing);
  Seq next_of(const Subscriber::Feed& feed) const;
  bool caught_up(const Subscriber& subscriber) const;

  ShardLimits limits_;
  Window window_;
  TopicIndex index_;
  std::array<Channel, model::k_kind_count> kinds_;
  std::vector<Channel*> dirty_channels_;
  std::vector<Subscriber*> dirty_subscribers_;
  std::string scratch_;
  SharedBlock shared_;
  ShardCounts counts_;
};

}  // namespace rt::hub
