// SPDX-License-Identifier: MIT
// Window: a shard's bounded memory of the recent past, the last events in the store's order. Each event is
// linked to its neighbours in two chains, its topic's and its kind's, so that a reader of one topic never
// scans past others. An event's place is its Seq, counted from 1; places are never reused. Pure; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"
#include "hub/form.h"
#include "hub/gzip.h"
#include "store/frame.h"

namespace rt::hub {

using Seq = std::uint64_t;  // 0: none

// How far a stream has come: a place, and the id that says it to the client. Places are compared, not ids: a
// store that was cut may go on with ids below those of before.
struct Mark {
  Seq seq = 0;
  sse::EventId id{};
};

enum class Link : std::uint8_t { topic, kind };

struct TopicRecord;

// The events of one topic, or of one kind, that the window holds, and how many it ever held.
struct Chain {
  Seq first = 0;
  Seq last = 0;
  std::uint64_t appended = 0;
  std::uint64_t evicted = 0;
  sse::EventId evicted_up_to{};  // the last of those
};

struct WindowLimits {
  std::size_t events_max = 100'000;
  std::size_t bytes_max = std::size_t{256} << 20U;
};

// A text deflated for each way to name its event, made when first asked for.
struct Deflations {
  std::array<std::optional<DeflatedText>, 2> by_names;
};

class Window {
 public:
  Window(const WindowLimits& limits, sse::EventId origin) : limits_(limits), floor_(origin) {}

  // Puts an event behind the last and gives it its place in both chains. `record` must outlive the event's
  // stay (TopicIndex sees to it). Evicts from the front what is over the limits.
  void append(store::FramePtr frame, TopicRecord& record, Chain& kind, base::SteadyTime now);
  // Evicts the events with an id below `ms` (Unix milliseconds).
  void expire(std::uint64_t ms);
  // Evicts the older half; of one event, that.
  void halve();
  // Evicts everything; the next event follows `position`, which may be below what was held.
  void cut(sse::EventId position, base::SteadyTime now);

  bool holds(Seq seq) const { return seq >= begin_ && seq < end_; }
  const store::Frame& frame(Seq seq) const { return *entry(seq).frame; }
  const store::FramePtr& shared_frame(Seq seq) const { return entry(seq).frame; }
  const TopicRecord& record(Seq seq) const { return *entry(seq).record; }
  // When the event was appended; also for begin() - 1, the last evicted.
  base::SteadyTime appended_at(Seq seq) const {
    return holds(seq) ? entry(seq).appended_at : floor_appended_at_;
  }
  // The event as append_event() has it, deflated for readers who were just sent `before`, or 0: once, however
  // many ask. What comes before differs by what else a reader reads; the first one that is asked for counts,
  // others get the form that refers to nothing. Counts as the window's memory; the next append() evicts.
  const DeflatedText& deflated(Seq seq, Seq before, EventNames names, Deflater& deflater);
  Seq next(Seq seq, Link link) const { return entry(seq).next[static_cast<std::size_t>(link)]; }
  Seq previous(Seq seq, Link link) const { return entry(seq).previous[static_cast<std::size_t>(link)]; }

  Seq begin() const { return begin_; }
  Seq end() const { return end_; }  // the Seq that the next event gets
  // The id of the last event appended; the origin when there was none.
  sse::EventId last_id() const { return entries_.empty() ? floor_ : entries_.back().frame->id; }
  // The id of the last event evicted; the origin when there was none.
  sse::EventId floor_id() const { return floor_; }
  Mark last() const { return {end() - 1, last_id()}; }
  Mark floor() const { return {begin_ - 1, floor_}; }
  // Of the events, and of what was deflated of them.
  std::size_t bytes() const { return bytes_; }

  // The place of the event with exactly this id; begin() - 1 for the floor. Nothing when it is neither.
  std::optional<Seq> find(sse::EventId id) const;

 private:
  struct Deflated {
    Deflations alone;
    Deflations after;
    std::array<Seq, 2> before{};  // of `after`, by names
  };
  struct Entry {
    store::FramePtr frame;
    TopicRecord* record;
    Chain* kind;
    base::SteadyTime appended_at;
    std::array<Seq, 2> next{};
    std::array<Seq, 2> previous{};
    std::unique_ptr<Deflated> deflated{};
  };
  Entry& entry(Seq seq) { return entries_[seq - begin_]; }
  const Entry& entry(Seq seq) const { return entries_[seq - begin_]; }
  static std::size_t bytes_of(const Entry& entry);
  void link(Seq seq, Chain& chain, Link link);
  void evict_first();

  WindowLimits limits_;
  std::deque<Entry> entries_;
  Seq begin_ = 1;
  Seq end_ = 1;
  sse::EventId floor_;
  base::SteadyTime floor_appended_at_{};
  std::size_t bytes_ = 0;
};

}  // namespace rt::hub
