// SPDX-License-Identifier: MIT
#include "bench/follower.h"

#include <algorithm>

#include "base/text.h"

namespace rt::bench {

namespace {

std::uint64_t number_behind(std::string_view json, std::string_view key) {
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos) return 0;
  json.remove_prefix(at + key.size());
  return base::parse_unsigned(json.substr(0, json.find_first_not_of("0123456789"))).value_or(0);
}

std::string lane_text(std::uint32_t lane) {
  return "lane " + std::to_string(lane);
}

}  // namespace

Follower::Follower(const Plan& plan, std::span<const std::uint32_t> topics, Wanted wanted, Tally& tally)
    : wanted_(wanted), is_plain_(plan.is_plain()), tally_(tally) {
  for (const std::uint32_t topic : topics) {
    const auto lanes = plan.lanes_of_topic(topic);
    lanes_.insert(lanes_.end(), lanes.begin(), lanes.end());
  }
  next_.assign(lanes_.empty() ? plan.lanes() : lanes_.size(), k_unknown);
}

void Follower::expect_behind(std::span<const std::uint32_t> published) {
  for (std::size_t slot = 0; slot < next_.size(); ++slot) next_[slot] = published[lane_at(slot)] + 1;
  known_ = next_.size();
  is_given_ = true;
}

void Follower::on_connecting(std::string_view last_event_id) {
  is_connected_ = false;
  asked_to_resume_ = !last_event_id.empty();
  asked_ = sse::parse_event_id(last_event_id).value_or(sse::EventId{});
}

std::uint32_t* Follower::next_of(std::uint32_t lane) {
  if (lanes_.empty()) return lane < next_.size() ? &next_[lane] : nullptr;
  const auto found = std::ranges::find(lanes_, lane);
  return found == lanes_.end() ? nullptr : &next_[static_cast<std::size_t>(found - lanes_.begin())];
}

void Follower::on_head() {
  if (!is_plain_ || is_connected_) return;
  is_connected_ = true;
  ++tally_.opened;
}

void Follower::take(const sse::Message& message, std::uint64_t received_ns) {
  const auto stamp = find_stamp(message.data);
  if (!stamp && is_plain_) return;
  if (!stamp) return take_control(message);
  if (!is_connected_ && !is_plain_) return fault(Fault::malformed, 1, "an event came before `connected`");
  if (message.data.ends_with(",\"snapshot\":true}")) return take_snapshot(*stamp);
  take_event(*stamp, message.last_event_id, received_ns);
}

void Follower::take_event(const Stamp& stamp, std::string_view id_text, std::uint64_t received_ns) {
  std::uint32_t* next = next_of(stamp.lane);
  const auto id = is_plain_ ? last_id_ : sse::parse_event_id(id_text);
  if (next == nullptr || !id)
    return fault(Fault::malformed, 1, "an event of another topic, or without an id");
  // A position that thinning held back comes late, and without an id of its own.
  if (*id < last_id_ || (*id == last_id_ && wanted_ == Wanted::all && !is_plain_))
    fault(Fault::backwards, 1,
          "id " + sse::format_event_id(*id) + " behind " + sse::format_event_id(last_id_));
  last_id_ = *id;
  ++tally_.deliveries;
  tally_.latency.add(received_ns - std::min(received_ns, stamp.sent_ns));

  if (*next == k_unknown) {
    ++known_;
    if (wanted_ == Wanted::all) firsts_.push_back({began_at_, stamp.lane, stamp.seq});
  } else if (stamp.seq < *next) {
    return fault(Fault::repeated, 1,
                 lane_text(stamp.lane) + " event " + std::to_string(stamp.seq) + " again");
  } else if (const std::uint32_t hole = stamp.seq - *next; hole != 0) {
    if (wanted_ == Wanted::newest) {
      tally_.thinned += hole;
    } else {
      if (unseen_gap_ < hole)
        fault(Fault::lost, hole,
              lane_text(stamp.lane) + " without events " + std::to_string(*next) + " to " +
                  std::to_string(stamp.seq - 1));
      unseen_gap_ = std::max<std::int64_t>(unseen_gap_ - hole, 0);
    }
  }
  *next = stamp.seq + 1;
}

void Follower::take_snapshot(const Stamp& stamp) {
  std::uint32_t* next = next_of(stamp.lane);
  if (next == nullptr) return fault(Fault::malformed, 1, "a snapshot of another topic");
  if (*next != k_unknown)
    return fault(Fault::repeated, 1, "the snapshot of " + lane_text(stamp.lane) + " again");
  // That it is the newest shows by the number of the event that comes next, or by the number of all.
  *next = stamp.seq + 1;
  ++known_;
  ++tally_.snapshots;
}

void Follower::take_control(const sse::Message& message) {
  const std::string_view json = message.data;
  const auto id = sse::parse_event_id(message.last_event_id);
  if (!id) return fault(Fault::malformed, 1, "a message without an id");
  if (json.starts_with(R"({"type":"connected",)")) {
    take_connected(json, *id);
  } else if (json.starts_with(R"({"type":"gap",)")) {
    ++tally_.slow_gaps;
    unseen_gap_ += static_cast<std::int64_t>(number_behind(json, "\"missed\":"));
    last_id_ = *id;
  } else {
    fault(Fault::malformed, 1, "an unknown message: " + base::printable(json));
  }
}

void Follower::take_connected(std::string_view json, sse::EventId id) {
  if (is_connected_) return fault(Fault::malformed, 1, "`connected` in the middle of a stream");
  is_connected_ = true;
  ++tally_.opened;
  const bool is_resumed = json.find(R"("resume":"resumed")") != std::string_view::npos;
  const bool is_gap = json.find(R"("resume":"gap")") != std::string_view::npos;
  if (asked_to_resume_ != (is_resumed || is_gap))
    fault(Fault::malformed, 1, "`connected` takes no note of the id");
  if (is_resumed) {
    ++tally_.resumed;
    tally_.missed += number_behind(json, "\"missed\":");
    if (id != asked_) fault(Fault::lost, 1, "resumed from another id than was asked for");
    return;
  }
  if (is_gap) {
    ++tally_.gaps;
    gaps_.push_back({asked_, id});
  }
  if (id < last_id_) fault(Fault::backwards, 1, "the stream began anew before its last event");
  last_id_ = id;
  began_at_ = id;
  if (!is_given_ || is_gap) forget_places();
}

void Follower::forget_places() {
  std::ranges::fill(next_, k_unknown);
  known_ = 0;
  unseen_gap_ = 0;
}

bool Follower::is_complete(std::span<const std::uint32_t> published) const {
  for (std::size_t slot = 0; slot < next_.size(); ++slot)
    if (next_[slot] != published[lane_at(slot)] + 1) return false;
  return true;
}

void Follower::settle(std::span<const std::uint32_t> published, const Ledger* ledger, std::uint64_t retained,
                      Snapshots snapshots) {
  if (ledger != nullptr) {
    for (const Gap& gap : gaps_) judge(gap, *ledger, retained);
    for (const First& first : firsts_) judge(first, *ledger);
  }
  for (std::size_t slot = 0; slot < next_.size(); ++slot) {
    const std::uint32_t lane = lane_at(slot);
    std::uint32_t next = next_[slot];
    if (next == k_unknown) {
      const bool is_nothing_due = published[lane] == 0 || snapshots == Snapshots::may_be_cut;
      const auto first =
          ledger != nullptr ? ledger->first_behind(ledger->place_of(began_at_), lane) : std::nullopt;
      if (is_nothing_due && !first) continue;
      next = first ? first->seq : published[lane];
    }
    const std::int64_t lost = std::int64_t{published[lane]} + 1 - next;
    if (lost > unseen_gap_)
      fault(Fault::lost, static_cast<std::uint64_t>(lost),
            lane_text(lane) + " without its last events, of " + std::to_string(published[lane]));
    unseen_gap_ -= std::min(lost, unseen_gap_);
  }
  if (unseen_gap_ > 0) fault(Fault::false_gap, 1, "more was said to be missed than is missing");
}

void Follower::judge(const Gap& gap, const Ledger& ledger, std::uint64_t retained) {
  const std::uint64_t asked = ledger.place_of(gap.asked);
  const std::uint64_t end = ledger.place_of(gap.place);
  const std::uint64_t forgotten = end > retained ? end - retained : 0;  // the last place that is not held
  if (asked >= forgotten)
    return fault(Fault::false_gap, 1, "a gap behind " + sse::format_event_id(gap.asked) + ", which was held");
  for (std::size_t slot = 0; slot < next_.size(); ++slot) {
    const auto first = ledger.first_behind(asked, lane_at(slot));
    if (first && first->place <= forgotten) return;
  }
  ++tally_.needless_gaps;
}

void Follower::judge(const First& first, const Ledger& ledger) {
  const auto due = ledger.first_behind(ledger.place_of(first.place), first.lane);
  const std::uint32_t seq = due ? due->seq : 1;
  if (first.seq < seq)
    return fault(Fault::repeated, 1, lane_text(first.lane) + " began before the stream did");
  const std::uint32_t hole = first.seq - seq;
  if (hole > unseen_gap_)
    fault(Fault::lost, hole, lane_text(first.lane) + " began " + std::to_string(hole) + " events late");
  unseen_gap_ -= std::min<std::int64_t>(hole, unseen_gap_);
}

void Follower::fault(Fault kind, std::uint64_t count, const std::string& what) {
  tally_.fault(kind, count, what);
}

}  // namespace rt::bench
