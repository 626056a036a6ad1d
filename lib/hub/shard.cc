// SPDX-License-Identifier: MIT
#include "hub/shard.h"

#include <algorithm>
#include <ranges>

namespace rt::hub {

namespace {

// How many blocks a subscriber gets before others have their turn.
constexpr int k_blocks_per_turn_max = 8;

// A subscriber or a sink, with what its owner keeps beside it. Never followed, so it may reach too far.
void prefetch(const void* at) {
  constexpr std::size_t k_line_bytes = 64;
  for (std::size_t line = 0; line < 3; ++line)
    __builtin_prefetch(static_cast<const char*>(at) + line * k_line_bytes, 1);
}

}  // namespace

void Shard::mark(Channel& channel) {
  channel.again = channel.dirty;
  if (channel.dirty || channel.readers.empty()) return;
  channel.dirty = true;
  channel.offered = channel.chain.appended;
  dirty_channels_.push_back(&channel);
}

void Shard::mark(Subscriber& subscriber) {
  if (subscriber.dirty_) return;
  subscriber.dirty_ = true;
  dirty_subscribers_.push_back(&subscriber);
}

void Shard::apply(const store::Batch& batch) {
  shared_.clear();
  for (const store::FramePtr& frame : batch) {
    TopicRecord& record = index_.record(frame->topic);
    Channel& kind = kinds_[model::index_of(frame->topic.kind)];
    mark(record);
    mark(kind);
    index_.renew(record, frame, window_.end(), now_);
    window_.append(frame, record, kind.chain, now_);
    coming_events_ += static_cast<std::uint64_t>(record.dirty) + static_cast<std::uint64_t>(kind.dirty);
  }
}

void Shard::recall(const store::Recollection& held) {
  for (const store::FramePtr& frame : held.newest) index_.renew(index_.record(frame->topic), frame, 0, now_);
  apply(held.recent);
}

void Shard::cut(sse::EventId position) {
  shared_.clear();
  ++cuts_;
  cut_at_ = std::max(cut_at_, window_.last_id());
  window_.cut(position, now_);
  // What is held for a stream elsewhere may be among what this shard has never seen.
  forgotten_up_to_ = now_;
  for (const model::Resource& resource : model::k_resources) {
    mark(kinds_[model::index_of(resource.kind)]);
    for (TopicRecord* record : index_.slots(resource.kind)) {
      if (record != nullptr) mark(*record);
    }
  }
}

void Shard::expire(std::uint64_t ms) {
  shared_.clear();
  window_.expire(ms);
}

void Shard::halve() {
  shared_.clear();
  window_.halve();
  index_.halve();
}

// --- subscribing

void Shard::set_feed(Subscriber& subscriber, std::uint32_t feed, Channel& channel, Link link) {
  subscriber.feeds()[feed] = {&channel, link, static_cast<std::uint32_t>(channel.readers.size()), 0, 0};
  channel.readers.push_back({&subscriber, feed});
}

Verdict Shard::open(Subscriber& subscriber, const auth::Subscription& subscription, const Opening& opening) {
  subscriber.make_feeds(subscription.kinds().size() + subscription.topics().size());
  std::uint32_t feed = 0;
  for (model::Kind kind : subscription.kinds())
    set_feed(subscriber, feed++, kinds_[model::index_of(kind)], Link::kind);
  for (const model::Topic& topic : subscription.topics())
    set_feed(subscriber, feed++, index_.record(topic), Link::topic);

  subscriber.cuts_ = cuts_;
  Mark position;
  Verdict verdict = place(subscriber, opening, position);
  if (opening.rate.count() > 0) start_thinning(subscriber, opening, verdict, position);
  if (opening.snapshot == Snapshot::send && verdict.resume != Resume::resumed) {
    subscriber.alone().walk = Subscriber::Walk{.of = Subscriber::Walk::Of::snapshot, .until = position};
  }
  subscriber.alone().head = opening.head;
  subscriber.alone().control =
      connected_message(subscription, opening.naming, opening.heartbeat, opening.retry, verdict, position.id);
  mark(subscriber);
  return verdict;
}

bool Shard::lies_ahead(std::string_view last_event_id) const {
  const auto id = sse::parse_event_id(last_event_id);
  return id && *id > window_.last_id() && !is_before_cut(*id);
}

// Finds the place that the client's last event id names, and moves the feeds there.
Verdict Shard::place(Subscriber& subscriber, const Opening& opening, Mark& position) {
  position = window_.last();
  const auto gap = [&](std::string_view reason) {
    set_position(subscriber, window_.end() - 1);
    return Verdict{Resume::gap, 0, reason};
  };
  if (!opening.last_event_id || opening.last_event_id->empty()) {
    set_position(subscriber, window_.end() - 1);
    return {};
  }
  const auto id = sse::parse_event_id(*opening.last_event_id);
  if (!id) return gap("the last event id is malformed");
  // Ids that went on from below may come to this one again; who has it may have it from before.
  if (is_before_cut(*id)) return gap("the store was cut since the last event id");
  if (const auto found = window_.find(*id)) {
    position = {*found, *id};
    return {Resume::resumed, set_position(subscriber, *found), {}};
  }
  // A position that was held when the connection was lost is looked for by its age, which needs the place.
  if (opening.rate.count() == 0 && is_last_evicted(subscriber, *id)) {
    position = {window_.begin() - 1, *id};
    return {Resume::resumed, set_position(subscriber, position.seq), {}};
  }
  if (*id > window_.last_id()) return gap("the last event id lies ahead of this store");
  if (*id < window_.floor_id()) return gap("the events after the last event id are no longer held");
  return gap("the last event id is not of this store");
}

// Is this an event that is no longer held, and the last such of what the subscriber reads? Then it has missed
// nothing, however much has gone through the window since.
bool Shard::is_last_evicted(const Subscriber& subscriber, sse::EventId id) const {
  const auto up_to = [](const Subscriber::Feed& feed) { return feed.channel->chain.evicted_up_to; };
  return !subscriber.feeds().empty() &&
         std::ranges::max(subscriber.feeds() | std::views::transform(up_to)) == id && id > forgotten_id_;
}

// Every feed is done with what lies at or before `position`. Returns how many events lie after it.
std::uint64_t Shard::set_position(Subscriber& subscriber, Seq position) {
  std::uint64_t after = 0;
  for (Subscriber::Feed& feed : subscriber.feeds()) {
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

model::Kind Shard::kind_of(const Subscriber::Feed& feed) const {
  return feed.link == Link::kind ? static_cast<model::Kind>(feed.channel - kinds_.data())
                                 : static_cast<const TopicRecord&>(*feed.channel).topic.kind;
}

store::AudienceChange Shard::close(Subscriber& subscriber) {
  store::AudienceChange change = topics_of(subscriber);
  change.presence = store::Presence::left;
  for (const Subscriber::Feed& feed : subscriber.feeds()) {
    std::vector<Reader>& readers = feed.channel->readers;
    const Reader moved = readers.back();
    readers.pop_back();
    if (feed.slot < readers.size()) {
      readers[feed.slot] = moved;
      moved.subscriber->feeds()[moved.feed].slot = feed.slot;
      // The visit has been here, and perhaps not where it stood.
      if (feed.slot < feed.channel->next_reader) mark(*moved.subscriber);
    }
  }
  subscriber.make_feeds(0);
  if (subscriber.dirty_) std::erase(dirty_subscribers_, &subscriber);
  if (subscriber.thinning() != nullptr) std::erase(thinned_, &subscriber);
  if (subscriber.blocked_) unblock(subscriber);
  return change;
}

void Shard::say(Subscriber& subscriber, std::string_view message) {
  subscriber.alone().control += message;
  mark(subscriber);
}

void Shard::heartbeat(Subscriber& subscriber) {
  if (subscriber.blocked_ || subscriber.ending_ || !caught_up(subscriber)) return;
  Mark position = window_.last();
  if (Thinning* thinning = subscriber.thinning()) {
    if (thinning->lost != 0) return;
    // What is held may be overdue, and a resume from behind it would not find it.
    if (thinning->has_held()) position = thinning->sent_up_to;
    thinning->sent_up_to = position;
  }
  say(subscriber, heartbeat_message(position.id));
}

void Shard::end(Subscriber& subscriber, std::string_view message) {
  subscriber.alone().farewell = message;
  subscriber.ending_ = true;
  mark(subscriber);
}

bool Shard::caught_up(const Subscriber& subscriber) const {
  if (subscriber.cuts_ != cuts_) return false;
  if (subscriber.alone_ && (subscriber.alone_->walk || !subscriber.alone_->control.empty())) return false;
  return std::ranges::all_of(subscriber.feeds(), [](const Subscriber::Feed& feed) {
    return feed.seen == feed.channel->chain.appended;
  });
}

// --- writing

void Shard::flush() {
  const bool may_stop = coming_events_ < limits_.coming_events_max;
  const auto stop_at = [&] { return may_stop ? writes_ + limits_.flush_writes_max : UINT64_MAX; };
  write_to_subscribers(stop_at());
  write_to_channels(stop_at());
  if (!has_work()) shared_.clear();
}

// Once to each of those who wait at the start.
void Shard::write_to_subscribers(std::uint64_t writes_up_to) {
  for (std::size_t left = dirty_subscribers_.size(); left > 0 && writes_ < writes_up_to; --left) {
    Subscriber& subscriber = *dirty_subscribers_.front();
    dirty_subscribers_.pop_front();
    subscriber.dirty_ = false;
    pump(subscriber);
  }
}

void Shard::write_to_channels(std::uint64_t writes_up_to) {
  while (!dirty_channels_.empty() && writes_ < writes_up_to) {
    Channel& channel = *dirty_channels_.front();
    dirty_channels_.pop_front();
    const bool has_ended = visit(channel, writes_up_to);
    channel.dirty = !has_ended || channel.again;
    if (channel.dirty) dirty_channels_.push_back(&channel);
  }
}

// Each write goes through so much of the kernel's memory that the next subscriber's has left the cache by
// then; fetched while the write is under way, it costs nothing. False: there are more.
bool Shard::visit(Channel& channel, std::uint64_t writes_up_to) {
  if (channel.next_reader == 0) {
    channel.visited_for = channel.chain.appended;
    channel.again = false;
  }
  const std::span<const Reader> readers = channel.readers;
  for (std::size_t at = channel.next_reader; at < readers.size(); ++at) {
    if (writes_ >= writes_up_to) {
      channel.next_reader = at;
      return false;
    }
    if (at + 2 < readers.size()) prefetch(readers[at + 2].subscriber);
    if (at + 1 < readers.size()) prefetch(&readers[at + 1].subscriber->sink_);
    pump(*readers[at].subscriber);
  }
  end_visit(channel);
  return true;
}

void Shard::end_visit(Channel& channel) {
  const bool is_kind = std::ranges::any_of(kinds_, [&](const Channel& kind) { return &kind == &channel; });
  const Link link = is_kind ? Link::kind : Link::topic;
  std::uint64_t newer = channel.chain.appended - channel.visited_for;
  std::uint64_t offered = channel.visited_for - channel.offered;
  coming_events_ -= offered;
  for (Seq seq = channel.chain.last; offered > 0 && window_.holds(seq); seq = window_.previous(seq, link)) {
    if (newer > 0) {
      --newer;
    } else {
      --offered;
      offered_ms_.push_back(window_.frame(seq).id.ms);
    }
  }
  channel.offered = channel.visited_for;
  channel.next_reader = 0;
}

void Shard::on_writable(Subscriber& subscriber) {
  if (subscriber.blocked_) unblock(subscriber);
  pump(subscriber);
}

void Shard::pump(Subscriber& subscriber) {
  if (subscriber.blocked_ || subscriber.dead_) return;
  if (!write_rest(subscriber)) return;
  for (int blocks = 0; blocks < k_blocks_per_turn_max; ++blocks) {
    const Block block = next_block(subscriber);
    if (block.bytes.empty() || !write(subscriber, block) || block.is_last) return;
  }
  mark(subscriber);
}

bool Shard::write(Subscriber& subscriber, const Block& block) {
  ++writes_;
  const auto written = subscriber.sink_.write(block.bytes);
  if (!written) {
    subscriber.dead_ = true;
    return false;
  }
  if (*written == block.bytes.size()) return true;
  const std::string_view rest = block.bytes.substr(*written);
  if (block.owner) {
    keep_rest(subscriber, {*block.owner, rest});
  } else {
    auto kept = std::make_shared<const std::string>(rest);
    keep_rest(subscriber, {kept, *kept});
  }
  return false;
}

void Shard::keep_rest(Subscriber& subscriber, Subscriber::Rest rest) {
  subscriber.blocked_ = true;
  rest.slot = blocked_.size();
  blocked_.push_back(&subscriber);
  subscriber.rest_ = std::make_unique<Subscriber::Rest>(std::move(rest));
}

// Its rest is written next, or never.
void Shard::unblock(Subscriber& subscriber) {
  subscriber.blocked_ = false;
  const std::size_t slot = subscriber.rest_->slot;
  blocked_[slot] = blocked_.back();
  blocked_[slot]->rest_->slot = slot;
  blocked_.pop_back();
}

bool Shard::write_rest(Subscriber& subscriber) {
  if (!subscriber.rest_) return true;
  const auto rest = std::move(subscriber.rest_);
  return write(subscriber, {rest->bytes, &rest->owner});
}

}  // namespace rt::hub
