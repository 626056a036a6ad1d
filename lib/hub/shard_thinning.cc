// SPDX-License-Identifier: MIT
// The part of Shard that thins positions for those who asked for it (hub/thinning.h). Their streams walk the
// same chains as others; a position that is not its topic's newest is passed over, for the newest comes in
// the same walk, and the newest goes out when its topic's period allows.
//
// What is held when a connection is lost may be older than the last id that went out, and is found again by
// its age: it came after an earlier position of its topic had been sent, at most a period before that id went
// out.
#include <algorithm>

#include "hub/shard.h"

namespace rt::hub {

namespace {

// How much longer a batch may be on its way to one shard than to another.
constexpr std::chrono::milliseconds k_shard_lag_max{1'000};

}  // namespace

void Shard::start_thinning(Subscriber& subscriber, const Opening& opening, Verdict& verdict, Mark& position) {
  if (verdict.resume == Resume::resumed) {
    const auto lag_max = std::max(k_shard_lag_max, opening.lag_max);
    const base::SteadyTime since = window_.appended_at(position.seq) - opening.rate - lag_max;
    if (forgotten_up_to_ >= since) {
      set_position(subscriber, window_.end() - 1);
      position = window_.last();
      verdict = {Resume::gap, 0, "some of the topics are no longer held"};
    } else {
      verdict.missed = count_coming(subscriber, position.seq);
      subscriber.alone().walk =
          Subscriber::Walk{.of = Subscriber::Walk::Of::held, .until = position, .renewed_since = since};
    }
  }
  auto thinning = std::make_unique<Thinning>(opening.rate, subscriber.feeds().size());
  thinning->sent_up_to = position;
  thinning->walked_up_to = position.seq;
  subscriber.alone().thinning = std::move(thinning);
  thinned_.push_back(&subscriber);
}

// Of positions, each topic's newest; of the others all.
std::uint64_t Shard::count_coming(const Subscriber& subscriber, Seq position) const {
  std::uint64_t coming = 0;
  const auto is_coming = [&](const TopicRecord* record) {
    return record != nullptr && record->newest && record->newest_seq > position;
  };
  for (const Subscriber::Feed& feed : subscriber.feeds()) {
    if (!is_position(kind_of(feed))) {
      coming += feed.channel->chain.appended - feed.seen;
    } else if (feed.link == Link::topic) {
      if (is_coming(static_cast<const TopicRecord*>(feed.channel))) ++coming;
    } else {
      coming += static_cast<std::uint64_t>(std::ranges::count_if(index_.slots(kind_of(feed)), is_coming));
    }
  }
  return coming;
}

void Shard::wake_due() {
  for (Subscriber* subscriber : thinned_)
    if (subscriber->thinning()->is_due(now_)) mark(*subscriber);
}

// A position with a newer one behind it.
bool Shard::is_superseded(Seq seq) const {
  const TopicRecord& record = window_.record(seq);
  return is_position(record.topic.kind) && record.newest_seq != seq;
}

TopicRecord* Shard::record_at(const Subscriber& subscriber, Thinning::Place place) {
  const Subscriber::Feed& feed = subscriber.feeds()[place.feed];
  return feed.link == Link::topic ? static_cast<TopicRecord*>(feed.channel)
                                  : index_.slots(kind_of(feed))[place.slot];
}

bool Shard::is_wanted(Subscriber& subscriber, const Subscriber::Feed& feed, Seq seq) {
  Thinning& thinning = *subscriber.thinning();
  thinning.walked_up_to = seq;
  if (is_superseded(seq)) return false;
  const TopicRecord& record = window_.record(seq);
  if (is_position(record.topic.kind)) {
    const auto slot = static_cast<std::uint32_t>(feed.link == Link::topic ? 0 : record.slot);
    if (!may_send(subscriber, {static_cast<std::uint32_t>(&feed - subscriber.feeds().data()), slot}))
      return false;
  }
  thinning.sent_up_to = {seq, window_.frame(seq).id};
  return true;
}

// A stream that ends has no later.
bool Shard::may_send(Subscriber& subscriber, Thinning::Place place) {
  return subscriber.ending_ || subscriber.thinning()->offer(place, now_);
}

// False: the block is full.
bool Shard::append_due(Subscriber& subscriber, Output& out) {
  Thinning& thinning = *subscriber.thinning();
  std::vector<Thinning::Place>& due = thinning.due();
  if (due.empty()) {
    thinning.collect_due(now_, subscriber.ending_);
    // The oldest at the end: at every id, all that is due and older has gone out.
    std::ranges::sort(due, std::greater{},
                      [&](const Thinning::Place place) { return record_at(subscriber, place)->newest_seq; });
  }
  while (!due.empty()) {
    if (out.size() >= limits_.block_bytes_max) return false;
    const Thinning::Place place = due.back();
    due.pop_back();
    TopicRecord* record = record_at(subscriber, place);
    // Where the topic was forgotten, another may have taken its slot, of which nothing came yet.
    const bool is_walked = record != nullptr && record->newest && !is_coming(subscriber, place, *record);
    if (thinning.done(place, is_walked ? Thinning::Done::sent : Thinning::Done::left_to_the_walk, now_) &&
        is_walked)
      append_late(subscriber, *record, out);
  }
  return true;
}

void Shard::append_late(Subscriber& subscriber, TopicRecord& record, Output& out) {
  if (record.newest_seq > subscriber.thinning()->sent_up_to.seq && record.chain.last != 0) {
    append_one(subscriber, record.chain.last, out);
    subscriber.thinning()->sent_up_to = {record.newest_seq, record.newest->id};
  } else {
    append_state(record, State::late, out);
    ++counts_.deliveries;
    ++subscriber.events_;
  }
}

// The reader fell off the window's end. Of the positions, the newest are still known. None has an id before
// all have gone out: a resume from there would lose the others.
void Shard::walk_missed(Subscriber& subscriber, Mark until, std::string end) {
  Thinning& thinning = *subscriber.thinning();
  subscriber.alone().walk = Subscriber::Walk{.of = Subscriber::Walk::Of::missed,
                                             .until = until,
                                             .since = thinning.walked_up_to,
                                             .end = std::move(end)};
  thinning.sent_up_to = until;
  thinning.walked_up_to = until.seq;
}

// Has the subscriber yet to come to the topic's newest position?
bool Shard::is_coming(const Subscriber& subscriber, Thinning::Place place, const TopicRecord& record) const {
  using Of = Subscriber::Walk::Of;
  const Seq seq = record.newest_seq;
  const Subscriber::Walk* walk = subscriber.walk();
  if (walk != nullptr && std::pair{place.feed, place.slot} >= std::pair{walk->feed, walk->slot}) {
    if (walk->of == Of::missed) return seq > walk->since;
    if (walk->of == Of::held && record.renewed_at >= walk->renewed_since) return true;
  }
  return seq > subscriber.thinning()->walked_up_to;
}

// For want of room a topic goes, and with it a position that somebody has coming: that is a gap after all.
void Shard::on_forget(const TopicRecord& record) {
  forgotten_id_ = std::max(forgotten_id_, record.chain.evicted_up_to);
  if (!record.newest || !is_position(record.topic.kind)) return;
  forgotten_up_to_ = std::max(forgotten_up_to_, record.renewed_at);
  for (Subscriber* subscriber : thinned_) {
    for (std::uint32_t feed = 0; feed < subscriber->feeds().size(); ++feed) {
      if (subscriber->feeds()[feed].link == Link::topic)
        break;  // kinds come first, and what has readers stays
      if (kind_of(subscriber->feeds()[feed]) != record.topic.kind) continue;
      const Thinning::Place place{feed, static_cast<std::uint32_t>(record.slot)};
      if (!subscriber->thinning()->forget(place) && !is_coming(*subscriber, place, record)) continue;
      ++subscriber->thinning()->lost;
      mark(*subscriber);
    }
  }
}

}  // namespace rt::hub
