// SPDX-License-Identifier: MIT
// The part of Shard that puts together what a subscriber gets next: what is said to it alone, what is known
// of its topics, and the events behind its positions.
#include <algorithm>

#include "hub/shard.h"

namespace rt::hub {

// Moves the subscriber's positions behind the block that it returns; an empty block: nothing to write.
Shard::Block Shard::next_block(Subscriber& subscriber) {
  if (subscriber.alone_ && subscriber.alone_->is_over()) subscriber.alone_.reset();
  return has_events_alone(subscriber) ? shared_block(subscriber) : own_block(subscriber);
}

// Most readers, most of the time: of one chain, and nothing is to be said to them alone.
bool Shard::has_events_alone(const Subscriber& subscriber) const {
  if (subscriber.feeds().size() != 1 || subscriber.alone_ || subscriber.ending_ || subscriber.cuts_ != cuts_)
    return false;
  const Subscriber::Feed& feed = subscriber.feeds().front();
  return feed.channel->chain.evicted <= feed.seen;
}

Shard::Block Shard::own_block(Subscriber& subscriber) {
  scratch_.clear();
  Output out(scratch_, subscriber.form_, subscriber.trail_);
  Subscriber::Alone* const alone = subscriber.alone_.get();
  if (alone != nullptr && alone->head) out.begin_stream(*std::exchange(alone->head, std::nullopt));
  if (alone != nullptr && !alone->control.empty()) {
    out.text(std::exchange(alone->control, {}));
    return {out.finish()};
  }
  if (subscriber.ended()) return {};
  // Before any id goes out: what is due may be older than a resume from there would look (start_thinning()).
  if (subscriber.thinning() != nullptr && !append_due(subscriber, out)) return {out.finish()};
  if (!append_walk(subscriber, out)) return {out.finish()};
  append_gap(subscriber, out);
  if (!append_walk(subscriber, out)) return {out.finish()};
  append_events(subscriber, out);
  if (out.is_empty() && alone != nullptr && alone->farewell) {
    out.text(*std::exchange(alone->farewell, std::nullopt));
    out.end_stream();
  }
  return {out.finish()};
}

// Says what fell out of the window before it was read. Positions that are thinned are caught up with instead,
// by a walk, at whose end the rest is said.
void Shard::append_gap(Subscriber& subscriber, Output& out) {
  Thinning* const thinning = subscriber.thinning();
  std::uint64_t missed = thinning ? std::exchange(thinning->lost, 0) : 0;
  bool positions_missed = false;
  for (Subscriber::Feed& feed : subscriber.feeds()) {
    const std::uint64_t evicted = feed.channel->chain.evicted;
    if (evicted <= feed.seen) continue;
    if (thinning && is_position(kind_of(feed))) {
      positions_missed = true;
    } else {
      missed += evicted - feed.seen;
    }
    feed.seen = evicted;
  }
  const bool was_cut = std::exchange(subscriber.cuts_, cuts_) != cuts_;
  if (missed == 0 && !positions_missed && !was_cut) return;
  Mark until = window_.floor();
  if (thinning && thinning->sent_up_to.seq > until.seq) until = thinning->sent_up_to;
  const bool is_gap = missed > 0 || was_cut;
  if (is_gap) ++(was_cut ? counts_.cut_gaps : counts_.slow_gaps);
  std::string said = was_cut  ? cut_message(until.id)
                     : is_gap ? gap_message(missed, until.id)
                              : heartbeat_message(until.id);
  if (positions_missed) return walk_missed(subscriber, until, std::move(said));
  if (thinning) thinning->sent_up_to = until;
  out.text(said);
}

// Goes on with the walk, if there is one. False: the block is full.
bool Shard::append_walk(Subscriber& subscriber, Output& out) {
  if (subscriber.walk() == nullptr) return true;
  Subscriber::Walk& walk = *subscriber.walk();
  for (; walk.feed < subscriber.feeds().size(); ++walk.feed, walk.slot = 0) {
    const Subscriber::Feed& feed = subscriber.feeds()[walk.feed];
    const model::Kind kind = kind_of(feed);
    if (walk.of != Subscriber::Walk::Of::snapshot && !is_position(kind)) continue;
    const std::size_t slots = feed.link == Link::topic ? 1 : index_.slots(kind).size();
    for (; walk.slot < slots; ++walk.slot) {
      if (out.size() >= limits_.block_bytes_max) return false;
      const Thinning::Place place{walk.feed, walk.slot};
      TopicRecord* record = record_at(subscriber, place);
      if (record != nullptr && record->newest) append_known(subscriber, place, *record, out);
    }
  }
  out.text(walk.end);
  subscriber.alone_->walk.reset();
  return true;
}

// An event that came after the walk's start is delivered live, so its topic is passed over here.
void Shard::append_known(Subscriber& subscriber, Thinning::Place place, TopicRecord& record, Output& out) {
  const Subscriber::Walk& walk = *subscriber.walk();
  if (record.newest_seq > walk.until.seq) return;
  switch (walk.of) {
    case Subscriber::Walk::Of::held:
      if (record.renewed_at < walk.renewed_since) return;
      [[fallthrough]];
    case Subscriber::Walk::Of::snapshot:
      return append_state(record, State::snapshot, out);
    case Subscriber::Walk::Of::missed:
      if (record.newest_seq > walk.since && may_send(subscriber, place)) append_late(subscriber, record, out);
  }
}

// The topic's newest, without its id: compressed once, however many get it.
void Shard::append_state(TopicRecord& record, State state, Output& out) {
  const EventNames names = out.form().names;
  const auto append_to = [&](std::string& text) {
    if (state == State::snapshot) return append_snapshot(text, *record.newest, names);
    append_event(text, *record.newest, names, Id::omit);
  };
  text_.clear();
  if (out.form().coding == Coding::identity) {
    append_to(text_);
    return out.text(text_);
  }
  auto& kept = state == State::snapshot ? record.snapshots : record.late;
  if (!kept) kept = std::make_unique<Deflations>();
  auto& made = kept->by_names[static_cast<std::size_t>(names)];
  if (!made) {
    append_to(text_);
    made = deflater_.deflate(text_);
  }
  out.deflated(*made);
}

Seq Shard::next_of(const Subscriber::Feed& feed) const {
  return window_.holds(feed.last) ? window_.next(feed.last, feed.link) : feed.channel->chain.first;
}

// Merges the feeds in the store's order.
void Shard::append_events(Subscriber& subscriber, Output& out) {
  while (out.size() < limits_.block_bytes_max) {
    Subscriber::Feed* nearest = nullptr;
    Seq nearest_seq = 0;
    for (Subscriber::Feed& feed : subscriber.feeds()) {
      const Seq seq = next_of(feed);
      if (seq != 0 && (nearest == nullptr || seq < nearest_seq)) {
        nearest = &feed;
        nearest_seq = seq;
      }
    }
    if (nearest == nullptr) return;
    nearest->last = nearest_seq;
    ++nearest->seen;
    if (subscriber.thinning() == nullptr || is_wanted(subscriber, *nearest, nearest_seq))
      append_one(subscriber, nearest_seq, out);
  }
}

void Shard::append_one(Subscriber& subscriber, Seq seq, Output& out) {
  ++counts_.deliveries;
  ++subscriber.events_;
  if (out.form().coding == Coding::gzip)
    return out.deflated(window_.deflated(seq, out.trail().event, out.form().names, deflater_), seq);
  text_.clear();
  append_event(text_, window_.frame(seq), out.form().names);
  out.text(text_);
}

// What comes next to a reader of one chain.
Shard::Block Shard::shared_block(Subscriber& subscriber) {
  Subscriber::Feed& feed = subscriber.feeds().front();
  const Channel& channel = *feed.channel;
  const Seq after = window_.holds(feed.last) ? feed.last : 0;
  if (after == channel.chain.last) return {};
  const bool is_compressed = subscriber.form_.coding == Coding::gzip;
  // What was sent last, if it was an event, was this chain's last.
  const bool refers = is_compressed && window_.holds(subscriber.trail_.event);
  SharedBlock& shared = shared_slot(subscriber.form_, refers);
  if (shared.channel != &channel || shared.after != after) make_shared_block(shared, feed, after);
  feed.last = shared.last;
  feed.seen += shared.events;
  counts_.deliveries += shared.events;
  subscriber.events_ += shared.events;
  if (is_compressed) {
    subscriber.trail_.sum.add(shared.account);
    subscriber.trail_.event = shared.last;
  }
  return {shared.bytes, &shared.owner, shared.last == channel.chain.last};
}

Shard::SharedBlock& Shard::shared_slot(Form form, bool refers) {
  for (SharedBlock& shared : shared_)
    if (shared.form == form && shared.refers == refers) return shared;
  SharedBlock& shared = shared_.emplace_back();
  shared.form = form;
  shared.refers = refers;
  return shared;
}

void Shard::make_shared_block(SharedBlock& shared, const Subscriber::Feed& feed, Seq after) {
  const Form form = shared.form;
  const Seq first = next_of(feed);
  shared = {feed.channel, after, form, shared.refers, first, 1, {}, {}, {}};
  Seq next = window_.next(first, feed.link);
  if (next == 0 && form == Form{}) {
    // The usual one: an event's own bytes.
    shared.bytes = window_.frame(first).chunk();
    shared.owner = window_.shared_frame(first);
    return;
  }
  text_.clear();
  append_event(text_, window_.frame(first), form.names);
  for (; next != 0 && text_.size() < limits_.block_bytes_max; next = window_.next(next, feed.link)) {
    append_event(text_, window_.frame(next), form.names);
    shared.last = next;
    ++shared.events;
  }
  auto joined = std::make_shared<std::string>();
  Trail not_this_ones;
  Output out(*joined, form, not_this_ones);
  if (form.coding == Coding::gzip) {
    std::string before;
    if (shared.refers) append_event(before, window_.frame(feed.last), form.names);
    shared.account = deflater_.deflate(text_, before);
    out.deflated(shared.account);
    shared.account.blocks = {};
  } else {
    out.text(text_);
  }
  shared.bytes = out.finish();
  shared.owner = std::move(joined);
}

}  // namespace rt::hub
