// SPDX-License-Identifier: MIT
// TopicIndex: what a shard knows of each topic: its chain in the window, its newest event (kept also beyond
// the window, for the snapshot on connect) and its readers. Bounded: when there are too many topics, the one
// that was quiet longest is forgotten, unless it has readers or events in the window. Pure; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/window.h"
#include "model/resource.h"
#include "model/topic.h"

namespace rt::hub {

class Subscriber;

inline bool is_position(model::Kind kind) {
  return model::resource_of(kind).payload == model::Payload::position;
}

// A feed's place among the readers of its chain: which of the subscriber's feeds it is.
struct Reader {
  Subscriber* subscriber;
  std::uint32_t feed;
};

// A chain and those who read it. Where events have come, the shard goes from reader to reader: a visit.
struct Channel {
  Chain chain;
  std::vector<Reader> readers;
  bool dirty = false;           // a visit is under way, or waits for its turn
  bool again = false;           // something has come since the visit began
  std::size_t next_reader = 0;  // of the visit; 0: not begun
  // How many events of the chain all readers have been offered, and how many they will have been by the
  // visit.
  std::uint64_t offered = 0;
  std::uint64_t visited_for = 0;
};

struct TopicRecord : Channel {
  model::Topic topic;
  store::FramePtr newest;
  Seq newest_seq = 0;                        // its place, also when it is no longer held; 0: before all
  base::SteadyTime renewed_at{};             // when it came
  std::unique_ptr<Deflations> snapshots;     // of the newest
  std::unique_ptr<Deflations> late;          // of the newest, without its id
  std::list<TopicRecord*>::iterator by_age;  // oldest news first
  std::size_t slot = 0;                      // among the topics of its kind
};

class TopicIndex {
 public:
  // `on_forget` is called before a topic is forgotten, and must not call back.
  TopicIndex(std::size_t topics_max, std::function<void(const TopicRecord&)> on_forget)
      : topics_max_(topics_max), on_forget_(std::move(on_forget)) {}

  // The topic's record, made if need be.
  TopicRecord& record(const model::Topic& topic);
  const TopicRecord* find(const model::Topic& topic) const;
  // The topic has news: `record` becomes the youngest.
  void renew(TopicRecord& record, store::FramePtr newest, Seq seq, base::SteadyTime now);
  // Forgets those of the quieter half that nobody reads and the window holds nothing of.
  void halve();

  // The topics of a kind by slot; null where one was forgotten. A slot may be taken by another topic later,
  // whose newest event is then younger than any walk that has begun before.
  const std::vector<TopicRecord*>& slots(model::Kind kind) const { return slots_[model::index_of(kind)]; }
  std::size_t size() const { return records_.size(); }

 private:
  void forget_oldest();
  void forget(TopicRecord& record);

  std::size_t topics_max_;
  std::function<void(const TopicRecord&)> on_forget_;
  std::unordered_map<model::Topic, std::unique_ptr<TopicRecord>> records_;
  std::list<TopicRecord*> by_age_;
  std::array<std::vector<TopicRecord*>, model::k_kind_count> slots_;
  std::array<std::vector<std::size_t>, model::k_kind_count> free_slots_;
};

}  // namespace rt::hub
