// SPDX-License-Identifier: MIT
// Shard: a replica of the recent past and the subscribers who read from it. It is given batches,
// subscriptions and word that a socket has room again, and says which bytes go where. Live delivery, resume
// and catching up are one operation: write what lies after the subscriber's position and matches it, then
// move.
//
// Work is done at the caller's pace: apply() and open() only note who has something coming; flush() writes to
// each of them all it can. Where they are many it stops in between: what the caller applies then is written
// together with what was coming already, and a topic with few readers need not wait for one with thousands.
// Pure: no socket, clock or thread; one thread calls it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/rights.h"
#include "base/clock.h"
#include "hub/control.h"
#include "hub/output.h"
#include "hub/subscriber.h"
#include "hub/topic_index.h"
#include "hub/window.h"
#include "store/audience.h"
#include "store/engine.h"

namespace rt::hub {

struct ShardLimits {
  WindowLimits window;
  std::size_t topics_max = 100'000;
  // What one write may hold. A subscriber's memory when a write comes up short is bounded by it.
  std::size_t block_bytes_max = 64 * 1024;
  // After how many writes flush() stops: less than a millisecond of the kernel's time.
  std::size_t flush_writes_max = 64;
  // With how many events on their way to readers it does not: who publishes more waits until all are written.
  std::size_t coming_events_max = 64;
};

enum class Snapshot { send, omit };

struct Opening {
  std::string_view head;                          // bytes that go before anything else (the response's head)
  std::optional<std::string_view> last_event_id;  // as the client sent it
  Snapshot snapshot = Snapshot::send;
  Naming naming = Naming::topics;
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds retry{2'000};
  std::chrono::milliseconds rate{0};  // at most one position per driver in that time; 0: all
  std::chrono::milliseconds lag_max{
      0};  // by how much this instance may be behind another that was read before
};

// What happened since the start.
struct ShardCounts {
  std::uint64_t deliveries = 0;
  std::uint64_t slow_gaps = 0;  // told to those who read too slowly
  std::uint64_t cut_gaps = 0;   // told because the store was cut
};

// How far a subscriber is behind: events that it has not been sent yet, and since when the first of them
// waits; `now` when there is none.
struct Lag {
  std::uint64_t events = 0;
  base::SteadyTime since{};
};

class Shard {
 public:
  Shard(const ShardLimits& limits, sse::EventId origin)
      : limits_(limits),
        window_(limits.window, origin),
        index_(limits.topics_max, [this](const TopicRecord& record) { on_forget(record); }) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // What the store held when it started. First, before anything else.
  void recall(const store::Recollection& held);
  void apply(const store::Batch& batch);
  // The store was cut and goes on from `position`, which may be below the last id: nothing before is held any
  // more, every subscriber is told that it may have missed something, and so is everybody who comes back with
  // an id from before. The newest event of each topic stays known, as its state.
  void cut(sse::EventId position);
  // Forgets events older than `ms` (Unix milliseconds), but for each topic's newest.
  void expire(std::uint64_t ms);
  // For want of memory: forgets the older half of the events and, of the quieter half of the topics, those
  // without readers or events. Who had not read what is gone is told of the gap.
  void halve();

  // Is this the id of an event that has not reached this shard, or never will? Not of one from before a cut.
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
  // The time from now on, by which positions are thinned.
  void set_time(base::SteadyTime now) { now_ = now; }
  // What was held and has come due goes out with the next flush(). To be called ever again.
  void wake_due();
  // Writes to those who have something coming.
  void flush();
  // flush() stopped early, to be fair to others: look what has come, then call it again.
  bool has_work() const { return !dirty_channels_.empty() || !dirty_subscribers_.empty(); }

  const ShardCounts& counts() const { return counts_; }
  // When each event was given its id that all readers of its topic, or all of its kind, have been offered
  // since the caller last emptied this.
  std::vector<std::uint64_t>& offered_ms() { return offered_ms_; }
  Lag lag_of(const Subscriber& subscriber) const;
  // The longest of those who take no more for now, and how many they are.
  Lag longest_lag() const;
  std::size_t blocked_count() const { return blocked_.size(); }
  store::AudienceChange topics_of(const Subscriber& subscriber) const;
  const Window& window() const { return window_; }
  std::size_t topic_count() const { return index_.size(); }

 private:
  // Bytes to write, and where the positions are once they are written.
  struct Block {
    std::string_view bytes;
    const std::shared_ptr<const void>* owner = nullptr;  // null: the bytes are in scratch_
    bool is_last = false;                                // for now
  };
  // The events after one place of one chain: most readers of a chain stand at the same place, so it is put
  // together once for all of them.
  struct SharedBlock {
    const Channel* channel = nullptr;
    Seq after = 0;
    Form form;
    bool refers = false;  // compressed, to the event before
    Seq last = 0;
    std::uint64_t events = 0;
    std::string_view bytes;
    std::shared_ptr<const void> owner;
    DeflatedText account;  // of a compressed block, without the blocks themselves
  };

  Verdict place(Subscriber& subscriber, const Opening& opening, Mark& position);
  bool is_before_cut(sse::EventId id) const { return cuts_ != 0 && id <= cut_at_; }
  bool is_last_evicted(const Subscriber& subscriber, sse::EventId id) const;
  void set_feed(Subscriber& subscriber, std::uint32_t feed, Channel& channel, Link link);
  std::uint64_t set_position(Subscriber& subscriber, Seq position);
  void mark(Channel& channel);
  void mark(Subscriber& subscriber);

  void write_to_subscribers(std::uint64_t writes_up_to);
  void write_to_channels(std::uint64_t writes_up_to);
  bool visit(Channel& channel, std::uint64_t writes_up_to);
  void end_visit(Channel& channel);
  void pump(Subscriber& subscriber);
  bool write(Subscriber& subscriber, const Block& block);
  bool write_rest(Subscriber& subscriber);
  void keep_rest(Subscriber& subscriber, Subscriber::Rest rest);
  void unblock(Subscriber& subscriber);

  // What comes next (shard_blocks.cc).
  enum class State { snapshot, late };
  Block next_block(Subscriber& subscriber);
  bool has_events_alone(const Subscriber& subscriber) const;
  Block own_block(Subscriber& subscriber);
  void append_gap(Subscriber& subscriber, Output& out);
  bool append_walk(Subscriber& subscriber, Output& out);
  void append_known(Subscriber& subscriber, Thinning::Place place, TopicRecord& record, Output& out);
  void append_state(TopicRecord& record, State state, Output& out);
  void append_events(Subscriber& subscriber, Output& out);
  void append_one(Subscriber& subscriber, Seq seq, Output& out);
  Block shared_block(Subscriber& subscriber);
  SharedBlock& shared_slot(Form form, bool refers);
  void make_shared_block(SharedBlock& shared, const Subscriber::Feed& feed, Seq after);
  Seq next_of(const Subscriber::Feed& feed) const;
  bool caught_up(const Subscriber& subscriber) const;
  model::Kind kind_of(const Subscriber::Feed& feed) const;
  TopicRecord* record_at(const Subscriber& subscriber, Thinning::Place place);

  // For those who want positions thinned (shard_thinning.cc).
  void start_thinning(Subscriber& subscriber, const Opening& opening, Verdict& verdict, Mark& position);
  std::uint64_t count_coming(const Subscriber& subscriber, Seq position) const;
  bool is_superseded(Seq seq) const;
  bool is_wanted(Subscriber& subscriber, const Subscriber::Feed& feed, Seq seq);
  bool may_send(Subscriber& subscriber, Thinning::Place place);
  bool append_due(Subscriber& subscriber, Output& out);
  void append_late(Subscriber& subscriber, TopicRecord& record, Output& out);
  void walk_missed(Subscriber& subscriber, Mark until, std::string end);
  bool is_coming(const Subscriber& subscriber, Thinning::Place place, const TopicRecord& record) const;
  void on_forget(const TopicRecord& record);

  ShardLimits limits_;
  Window window_;
  TopicIndex index_;
  std::array<Channel, model::k_kind_count> kinds_;
  std::deque<Channel*> dirty_channels_;
  std::deque<Subscriber*> dirty_subscribers_;
  std::vector<Subscriber*> thinned_;
  std::vector<Subscriber*> blocked_;
  std::uint64_t writes_ = 0;         // so far
  std::uint64_t coming_events_ = 0;  // that not all readers were offered, of all dirty channels
  std::vector<std::uint64_t> offered_ms_;
  base::SteadyTime now_{};
  sse::EventId forgotten_id_;  // no event of a forgotten topic was newer
  // When the youngest position came whose topic was forgotten.
  base::SteadyTime forgotten_up_to_ = base::SteadyTime::min();
  std::string scratch_;  // the bytes of one write
  std::string text_;     // what becomes of them
  Deflater deflater_;
  std::vector<SharedBlock> shared_;  // one for each form that readers have
  std::uint32_t cuts_ = 0;           // how often the store was cut
  sse::EventId cut_at_;              // the highest id of before the last cut
  ShardCounts counts_;
};

}  // namespace rt::hub
