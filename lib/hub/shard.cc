// SPDX-License-Identifier: MIT
#include "hub/shard.h"

#include <algorithm>

#include "http/chunk.h"

namespace rt::hub {

namespace {

// How many blocks a subscriber gets before others have their turn.
constexpr int k_blocks_per_turn_max = 8;

std::string_view framed(const store::Frame& frame, Framing framing) {
  return framing == Framing::chunked ? frame.chunk() : frame.message();
}

}  // namespace

void Shard::mark(Channel& channel) {
  if (channel.dirty || channel.readers.empty()) return;
  channel.dirty = true;
  dirty_channels_.push_back(&channel);
}

void Shard::mark(Subscriber& subscriber) {
  if (subscriber.dirty_) return;
  subscriber.dirty_ = true;
  dirty_subscribers_.push_back(&subscriber);
}

void Shard::apply(const store::Batch& batch) {
  shared_ = {};
  for (const store::FramePtr& frame : batch) {
    TopicRecord& record = index_.record(frame->topic);
    Channel& kind = kinds_[model::index_of(frame->topic.kind)];
    index_.renew(record, frame);
    window_.append(frame, record, kind.chain);
    mark(record);
    mark(kind);
  }
}

void Shard::halve() {
  shared_ = {};
  window_.halve();
  index_.halve();
}

// --- subscribing

void Shard::add_feed(Subscriber& subscriber, Channel& channel, Link link) {
  const auto feed = static_cast<std::uint32_t>(subscriber.feeds_.size());
  subscriber.feeds_.push_back({&channel, link, static_cast<std::uint32_t>(channel.readers.size()), 0, 0});
  channel.readers.push_back({&subscriber, feed});
}

Verdict Shard::open(Subscriber& subscriber, const auth::Subscription& subscription, const Opening& opening) {
  subscriber.feeds_.reserve(subscription.kinds().size() + subscription.topics().size());
  for (model::Kind kind : subscription.kinds())
    add_feed(subscriber, kinds_[model::index_of(kind)], Link::kind);
  for (const model::Topic& topic : subscription.topics())
    add_feed(subscriber, index_.record(topic), Link::topic);

  sse::EventId position;
  const Verdict verdict = place(subscriber, opening.last_event_id, position);
  if (opening.snapshot == Snapshot::send && verdict.resume != Resume::resumed) {
    subscriber.walk_ = std::make_unique<Subscriber::SnapshotWalk>(Subscriber::SnapshotWalk{position, 0, 0});
  }
  subscriber.control_ = opening.head;
  append_framed(
      subscriber.control_,
      connected_message(subscription, opening.naming, opening.heartbeat, opening.retry, verdict, position),
      subscriber.framing_);
  mark(subscriber);
  return verdict;
}

bool Shard::lies_ahead(std::string_view last_event_id) const {
  const auto id = sse::parse_event_id(last_event_id);
  return id && *id > window_.last_id();
}

// Finds the place that the client's last event id names, and moves the feeds there.
Verdict Shard::place(Subscriber& subscriber, std::optional<std::string_view> last_event_id,
                     sse::EventId& position) {
  position = window_.last_id();
  const auto gap = [&](std::string_view reason) {
    set_position(subscriber, window_.end() - 1);
    return Verdict{Resume::gap, 0, reason};
  };
  if (!last_event_id || last_event_id->empty()) {
    set_position(subscriber, window_.end() - 1);
    return {};
  }
  const auto id = sse::parse_event_id(*last_event_id);
  if (!id) return gap("the last event id is malformed");
  if (const auto found = window_.find(*id)) {
    position = *id;
    return {Resume::resumed, set_position(subscriber, *found), {}};
  }
  if (*id > window_.last_id()) return gap("the last event id lies ahead of this store");
  if (*id < window_.floor_id()) return gap("the events after the last event id are no longer held");
  return gap("the last event id is not of this store");
}

// Every feed is done with what lies at or before `position`. Returns how many events lie after it.
std::uint64_t Shard::set_position(Subscriber& subscriber, Seq position) {
  std::uint64_t after = 0;
  for (Subscriber::Feed& feed : subscriber.feeds_) {
    const Chain& chain = feed.channel->chain;
    std::uint64_t unseen = 0;
    Seq seq = chain.last;
    while (seq > position && window_.holds(seq)) {
      ++unseen;
      seq = window_.previous(seq, feed.link);
    }
    feed.last = seq;
    feed.seen = chain.appended - unseen;
    after += unseen;
  }
  return after;
}

store::AudienceChange Shard::close(Subscriber& subscriber) {
  store::AudienceChange change{store::Presence::left, {}, {}};
  for (const Subscriber::Feed& feed : subscriber.feeds_) {
    if (feed.link == Link::kind) {
      change.kinds.push_back(static_cast<model::Kind>(feed.channel - kinds_.data()));
    } else {
      change.topics.push_back(static_cast<const TopicRecord&>(*feed.channel).topic);
    }
    std::vector<Reader>& readers = feed.channel->readers;
    const Reader moved = readers.back();
    readers.pop_back();
    if (feed.slot < readers.size()) {
      readers[feed.slot] = moved;
      moved.subscriber->feeds_[moved.feed].slot = feed.slot;
    }
  }
  subscriber.feeds_.clear();
  if (subscriber.dirty_) std::erase(dirty_subscribers_, &subscriber);
  return change;
}

void Shard::say(Subscriber& subscriber, std::string_view message) {
  append_framed(subscriber.control_, message, subscriber.framing_);
  mark(subscriber);
}

void Shard::heartbeat(Subscriber& subscriber) {
  if (subscriber.blocked_ || subscriber.ending_ || !caught_up(subscriber)) return;
  say(subscriber, heartbeat_message(window_.last_id()));
}

void Shard::end(Subscriber& subscriber, std::string_view message) {
  subscriber.farewell_ = std::make_unique<std::string>();
  append_framed(*subscriber.farewell_, message, subscriber.framing_);
  if (subscriber.framing_ == Framing::chunked) *subscriber.farewell_ += http::k_last_chunk;
  subscriber.ending_ = true;
  mark(subscriber);
}

bool Shard::caught_up(const Subscriber& subscriber) const {
  if (subscriber.walk_ || !subscriber.control_.empty()) return false;
  return std::all_of(subscriber.feeds_.begin(), subscriber.feeds_.end(),
                     [](const Subscriber::Feed& feed) { return feed.seen == feed.channel->chain.appended; });
}

// --- writing

void Shard::flush() {
  // What pump() marks anew belongs to the next flush.
  std::vector<Channel*> channels;
  channels.swap(dirty_channels_);
  std::vector<Subscriber*> subscribers;
  subscribers.swap(dirty_subscribers_);
  for (Subscriber* subscriber : subscribers) subscriber->dirty_ = false;
  for (Subscriber* subscriber : subscribers) pump(*subscriber);
  for (Channel* channel : channels) {
    channel->dirty = false;
    for (const Reader& reader : channel->readers) pump(*reader.subscriber);
  }
  shared_ = {};
  // Both lists keep their memory for the next turn.
  if (dirty_channels_.empty()) {
    channels.clear();
    channels.swap(dirty_channels_);
  }
  if (dirty_subscribers_.empty()) {
    subscribers.clear();
    subscribers.swap(dirty_subscribers_);
  }
}

void Shard::on_writable(Subscriber& subscriber) {
  subscriber.blocked_ = false;
  pump(subscriber);
}

void Shard::pump(Subscriber& subscriber) {
  if (subscriber.blocked_ || subscriber.dead_) return;
  if (!write_rest(subscriber)) return;
  for (int blocks = 0; blocks < k_blocks_per_turn_max; ++blocks) {
    const Block block = next_block(subscriber);
    if (block.bytes.empty()) return;
    if (!write(subscriber, block)) return;
  }
  mark(subscriber);
}

bool Shard::write(Subscriber& subscriber, const Block& block) {
  const auto written = subscriber.sink_.write(block.bytes);
  if (!written) {
    subscriber.dead_ = true;
    return false;
  }
  if (*written == block.bytes.size()) return true;
  subscriber.blocked_ = true;
  const std::string_view rest = block.bytes.substr(*written);
  if (block.owner) {
    subscriber.rest_ = {block.owner, rest};
  } else {
    auto kept = std::make_shared<const std::string>(rest);
    subscriber.rest_ = {kept, *kept};
  }
  return false;
}

bool Shard::write_rest(Subscriber& subscriber) {
  if (subscriber.rest_.bytes.empty()) return true;
  const Subscriber::Rest rest = std::move(subscriber.rest_);
  subscriber.rest_ = {};
  return write(subscriber, {rest.bytes, rest.owner});
}

// Moves the subscriber's positions behind the block that it returns; an empty block: nothing to write.
Shard::Block Shard::next_block(Subscriber& subscriber) {
  scratch_.clear();
  if (!subscriber.control_.empty()) {
    scratch_ = std::exchange(subscriber.control_, {});
    return {scratch_, nullptr};
  }
  if (subscriber.ending_ && !subscriber.farewell_) return {};
  append_gap(subscriber);
  if (subscriber.walk_) append_snapshots(subscriber);
  if (subscriber.walk_) return {scratch_, nullptr};
  if (scratch_.empty() && subscriber.feeds_.size() == 1) {
    const Block block = shared_block(subscriber.feeds_.front(), subscriber.framing_);
    if (!block.bytes.empty()) return block;
  } else {
    append_events(subscriber);
  }
  if (scratch_.empty() && subscriber.farewell_)
    scratch_ = std::move(*std::exchange(subscriber.farewell_, nullptr));
  return {scratch_, nullptr};
}

void Shard::append_gap(Subscriber& subscriber) {
  std::uint64_t missed = 0;
  for (Subscriber::Feed& feed : subscriber.feeds_) {
    const std::uint64_t evicted = feed.channel->chain.evicted;
    if (evicted <= feed.seen) continue;
    missed += evicted - feed.seen;
    feed.seen = evicted;
  }
  if (missed == 0) return;
  ++counts_.gaps;
  append_framed(scratch_, gap_message(missed, window_.floor_id()), subscriber.framing_);
}

void Shard::append_snapshots(Subscriber& subscriber) {
  Subscriber::SnapshotWalk& walk = *subscriber.walk_;
  for (; walk.feed < subscriber.feeds_.size(); ++walk.feed, walk.slot = 0) {
    const Subscriber::Feed& feed = subscriber.feeds_[walk.feed];
    if (feed.link == Link::topic) {
      append_snapshot(static_cast<const TopicRecord&>(*feed.channel), walk.until, subscriber.framing_);
      if (scratch_.size() >= limits_.block_bytes_max) {
        ++walk.feed;
        return;
      }
      continue;
    }
    const auto kind = static_cast<model::Kind>(feed.channel - kinds_.data());
    const std::vector<TopicRecord*>& slots = index_.slots(kind);
    while (walk.slot < slots.size()) {
      const TopicRecord* record = slots[walk.slot++];
      if (record != nullptr) append_snapshot(*record, walk.until, subscriber.framing_);
      if (scratch_.size() >= limits_.block_bytes_max) return;
    }
  }
  subscriber.walk_.reset();
}

// An event that came after the stream's start is delivered live, so its topic is passed over here.
bool Shard::append_snapshot(const TopicRecord& record, sse::EventId until, Framing framing) {
  if (!record.newest || record.newest->id > until) return false;
  constexpr std::string_view k_before = "data: ";
  constexpr std::string_view k_after = ",\"snapshot\":true}\n\n";
  const std::string_view json = record.newest->json();
  const std::string_view open_json = json.substr(0, json.size() - 1);
  if (framing == Framing::chunked) {
    http::append_chunk_head(scratch_, k_before.size() + open_json.size() + k_after.size());
  }
  scratch_.append(k_before).append(open_json).append(k_after);
  if (framing == Framing::chunked) scratch_ += "\r\n";
  return true;
}

// --- reading from the window

Seq Shard::next_of(const Subscriber::Feed& feed) const {
  return window_.holds(feed.last) ? window_.next(feed.last, feed.link) : feed.channel->chain.first;
}

// Merges the feeds in the store's order.
void Shard::append_events(Subscriber& subscriber) {
  while (scratch_.size() < limits_.block_bytes_max) {
    Subscriber::Feed* nearest = nullptr;
    Seq nearest_seq = 0;
    for (Subscriber::Feed& feed : subscriber.feeds_) {
      const Seq seq = next_of(feed);
      if (seq != 0 && (nearest == nullptr || seq < nearest_seq)) {
        nearest = &feed;
        nearest_seq = seq;
      }
    }
    if (nearest == nullptr) return;
    scratch_ += framed(window_.frame(nearest_seq), subscriber.framing_);
    nearest->last = nearest_seq;
    ++nearest->seen;
    ++counts_.deliveries;
  }
}

Shard::Block Shard::shared_block(Subscriber::Feed& feed, Framing framing) {
  const Seq first = next_of(feed);
  if (first == 0) return {};
  if (shared_.channel != feed.channel || shared_.first != first || shared_.framing != framing) {
    shared_ = {feed.channel, first, framing,
               first,        1,     {framed(window_.frame(first), framing), window_.shared_frame(first)}};
    Seq next = window_.next(first, feed.link);
    if (next != 0) {
      auto joined = std::make_shared<std::string>(shared_.block.bytes);
      for (; next != 0 && joined->size() < limits_.block_bytes_max; next = window_.next(next, feed.link)) {
        *joined += framed(window_.frame(next), framing);
        shared_.last = next;
        ++shared_.events;
      }
      shared_.block = {*joined, joined};
    }
  }
  feed.last = shared_.last;
  feed.seen += shared_.events;
  counts_.deliveries += shared_.events;
  return shared_.block;
}

}  // namespace rt::hub
