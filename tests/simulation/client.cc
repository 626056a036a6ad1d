// SPDX-License-Identifier: MIT
#include "simulation/client.h"

#include <algorithm>
#include <charconv>

#include "model/json.h"

namespace rt::simulation {
namespace {

std::optional<model::JsonMember> member(const std::string& json, std::string_view key) {
  const auto members = model::parse_object(json);
  if (!members) return std::nullopt;
  for (const model::JsonMember& one : *members) {
    if (one.key == key) return one;
  }
  return std::nullopt;
}

}  // namespace

Client::Client(const History& history, const base::Clock& clock, std::vector<model::TopicPattern> patterns,
               std::chrono::milliseconds rate)
    : history_(history), clock_(clock), patterns_(std::move(patterns)), rate_(rate) {
  auth::Rights everything;
  everything.grant_subscribe({});
  subscription_ = *everything.subscription(patterns_);
  decoder_.on_message = [this](const sse::Message& message) { on_message(message); };
}

void Client::connect(Station& station, std::optional<std::string> last_event_id, hub::Form form,
                     hub::Snapshot snapshot) {
  station_ = &station;
  form_ = form;
  inflater_ = form.coding == hub::Coding::gzip ? std::make_unique<Inflater>() : nullptr;
  chunks_.clear();
  chunks_ended_ = reset_ = dead_ = short_ = false;
  decoder_.restart();
  greeted_ = live_seen_ = ending_ = false;
  cuts_said_ = 0;
  snapshots_.clear();
  moved_at_.clear();
  asked_ = last_event_id;
  opened_at_ = {station.era, shard().window().last_id()};
  subscriber_ = std::make_unique<hub::Subscriber>(*this, form);
  hub::Opening opening;
  if (asked_) opening.last_event_id = *asked_;
  opening.snapshot = snapshot;
  opening.rate = rate_;
  const hub::Verdict verdict = shard().open(*subscriber_, subscription_, opening);
  resumed_ = verdict.resume == hub::Resume::resumed;
  snapshot_wanted_ = snapshot == hub::Snapshot::send && !resumed_;
  if (resumed_) {
    // Cut before its snapshot had come, a stream resumes behind it.
    for (const auto& [topic, newest] : newest(began_at_))
      if (!known_.contains(topic)) snapshot_whole_ = false;
  }
  check_verdict();
}

// No false gap: what the shard still holds must be resumed.
void Client::check_verdict() {
  const auto id = asked_ ? sse::parse_event_id(*asked_) : std::nullopt;
  if (!id) return resumed_ ? complain("resumed without an id") : void();
  const std::size_t era = station_->era;
  if (asked_ == last_event_id() && position_.era != era)
    return resumed_ ? complain("resumed across a cut") : void();
  const hub::Window& window = shard().window();
  const auto held = window.find(*id);
  const bool can_resume = held || (rate_.count() == 0 && has_lost_nothing(*id));
  const bool may_lack_topics = history_.forgets && (!held || rate_.count() > 0);
  // One cannot tell an id of before the cut from the same behind it, nor what was held elsewhere at the cut.
  const bool may_be_older = *id <= history_.given_before[era];
  const bool may_lack_held = held && rate_.count() > 0 &&
                             window.appended_at(*held) <= station_->cut_at + rate_ + std::chrono::seconds(1);
  const bool may_refuse = can_resume && !resumed_ && (may_lack_topics || may_be_older || may_lack_held);
  if (can_resume != resumed_ && !may_refuse) complain("the verdict does not fit what the shard holds");
}

// Is this an event of the client's, no longer held, behind which none of its events is missing?
bool Client::has_lost_nothing(sse::EventId id) const {
  const Point point{station_->era, id};
  const Point floor{station_->era, station_->shard.window().floor_id()};
  const bool is_mine = std::ranges::any_of(
      history_.log, [&](const Logged& event) { return event.point == point && matches(event.topic); });
  return is_mine && point <= floor && count(point, floor) == 0;
}

void Client::cut() {
  if (!station_) return;
  shard().close(*subscriber_);
  subscriber_.reset();
  station_ = nullptr;
}

void Client::end() {
  if (!station_ || reset_) return;
  ending_ = true;
  shard().end(*subscriber_, "retry: 1\n\n");
  room_ = 10'000'000;
  if (subscriber_->blocked()) shard().on_writable(*subscriber_);
  while (shard().has_work()) shard().flush();
  if (!subscriber_->ended()) complain("the stream does not end");
  check(Held::none);
  if (form_.framing == hub::Framing::chunked && !chunks_ended_)
    complain("the stream ended without a last chunk");
  if (inflater_ && !inflater_->ended()) complain("the stream ended without a gzip trailer");
  cut();
}

std::optional<std::size_t> Client::write(std::string_view bytes) {
  if (reset_) {
    dead_ = true;
    return std::nullopt;
  }
  if (!short_) {
    composed_at_ = clock_.steady();
    composed_era_ = station_->era;
  }
  const std::size_t taken = std::min(room_, bytes.size());
  room_ -= taken;
  short_ = taken < bytes.size();
  take(bytes.substr(0, taken));
  return taken;
}

void Client::take(std::string_view bytes) {
  if (form_.framing == hub::Framing::plain) {
    take_body(bytes);
    return;
  }
  chunks_ += bytes;
  while (true) {
    const std::size_t line_end = chunks_.find("\r\n");
    if (line_end == std::string::npos) return;
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(chunks_.data(), chunks_.data() + line_end, size, 16);
    if (error != std::errc() || end != chunks_.data() + line_end) return complain("a chunk has no size");
    if (chunks_ended_) return complain("bytes behind the last chunk");
    chunks_ended_ = size == 0;
    if (chunks_.size() < line_end + 2 + size + 2) return;
    if (chunks_.compare(line_end + 2 + size, 2, "\r\n") != 0) return complain("a chunk has no end");
    take_body(std::string_view(chunks_).substr(line_end + 2, size));
    chunks_.erase(0, line_end + 2 + size + 2);
  }
}

void Client::take_body(std::string_view bytes) {
  std::string inflated;
  if (inflater_) {
    if (!inflater_->feed(bytes, inflated)) return complain("the stream does not inflate");
    bytes = inflated;
  }
  if (!decoder_.feed(bytes)) complain("the stream does not decode");
  if (!greeted_) return;
  // A heartbeat may have moved it.
  const auto id = sse::parse_event_id(decoder_.last_event_id());
  if (id) move_to(*id);
}

void Client::on_message(const sse::Message& message) {
  const auto type = member(message.data, "type");
  const bool named = type && form_.names == hub::EventNames::types && model::find_by_event_type(type->text);
  if (message.type != (named ? type->text : "message")) return complain("an event has the wrong event field");
  if (!type) return complain("a message is no JSON object with a type: " + message.data);
  if (!greeted_) {
    if (type->text != "connected") return complain("the first message is not connected: " + message.data);
    return on_connected(message.data);
  }
  const auto id = sse::parse_event_id(message.last_event_id);
  if (!id) return complain("an event has no id: " + message.data);
  if (type->text == "token_expiring") return move_to(*id);
  if (type->text == "gap") return on_gap(*id, message.data);
  if (!member(message.data, "snapshot")) return on_event(*id, message.data);
  move_to(*id);
  on_snapshot(message.data);
}

void Client::on_connected(const std::string& json) {
  greeted_ = true;
  const auto id = sse::parse_event_id(decoder_.last_event_id());
  if (!id) return complain("connected has no id");
  position_ = {opened_at_.era, *id};
  if ((member(json, "resume")->text == "resumed") != resumed_) return complain("not the verdict: " + json);
  if (!resumed_) {
    known_.clear();
    began_at_ = opened_at_;
    snapshot_whole_ = snapshot_wanted_;
    gap_seen_ = false;
    if (position_ != opened_at_) complain("a fresh stream does not start at the end");
    return;
  }
  if (decoder_.last_event_id() != asked_) return complain("resumed from elsewhere than asked");
  if (member(json, "missed")->raw != std::to_string(count_resumed(position_, opened_at_)))
    complain("missed is miscounted: " + json);
}

void Client::on_gap(sse::EventId id, const std::string& json) {
  const auto missed = member(json, "missed");
  const bool is_cut = member(json, "reason")->text == "cut";
  const Point to{is_cut ? composed_era_ : position_.era, id};
  if (is_cut) {
    // Of several cuts each may be said, or only the last. How many events are missed, nobody knows.
    if (++cuts_said_ > to.era - opened_at_.era || missed) return complain("a cut that was not: " + json);
    position_ = to;
    gap_seen_ = live_seen_ = true;
    return;
  }
  const std::uint64_t expected = count(position_, to);
  // Positions count where their topics were forgotten, and then it may be said where the stream stands.
  const bool may_count_positions = rate_.count() > 0 && history_.forgets;
  const double said = missed ? model::number_of(missed->raw) : 0;
  if (to < position_ || said < 1 || said < static_cast<double>(expected) ||
      (!may_count_positions && said > static_cast<double>(expected)))
    return complain("a gap is miscounted: " + json + ", missed " + std::to_string(expected));
  position_ = to;
  gap_seen_ = live_seen_ = true;
}

void Client::move_to(sse::EventId id) {
  const Point to{position_.era, id};
  if (to < position_) return complain("the stream's id goes backwards");
  if (count(position_, to) != 0) return complain("the stream's id passes over events");
  position_ = to;
}

const Logged* Client::logged(const std::string& json) {
  const auto data = member(json, "data");
  const auto payload = data ? data : member(json, "location");
  const std::string object(payload ? payload->raw : "");
  const auto n = member(object, "n");
  const auto at = n ? static_cast<std::size_t>(model::number_of(n->raw)) : history_.log.size();
  if (at < history_.log.size() && history_.log[at].payload == object && matches(history_.log[at].topic))
    return &history_.log[at];
  complain("an event that is not ours: " + json);
  return nullptr;
}

void Client::on_event(sse::EventId id, const std::string& json) {
  const Logged* found = logged(json);
  if (!found) return;
  live_seen_ = true;
  if (!is_complete(found->topic)) {
    on_position(id, *found);
  } else {
    if (id != found->point.id) return complain("an event has not its id: " + json);
    if (found->point <= position_) return complain("an event came twice or out of order: " + json);
    if (found->point.era != position_.era) return complain("a cut was not said before " + json);
    if (count(position_, found->point) != 1) return complain("events were left out before " + json);
    position_ = found->point;
  }
  known_[model::to_string(found->topic)] = {found->point, found->payload};
}

void Client::on_position(sse::EventId id, const Logged& logged) {
  const std::string driver = model::to_string(logged.topic);
  // Its own, or, where it came too late for that, the stream's.
  move_to(id);
  const auto known = known_.find(driver);
  if (known != known_.end() && logged.point <= known->second.point && moved_at_.contains(driver))
    return complain("a position that is not newer than the last");
  if (known != known_.end() && logged.point < known->second.point)
    return complain("a driver goes back in time");
  // A topic that was forgotten and comes again is another.
  const auto moved = history_.forgets ? moved_at_.end() : moved_at_.find(driver);
  if (moved != moved_at_.end() && composed_at_ - moved->second < rate_ && !ending_)
    return complain("two positions of a driver within the period");
  moved_at_[driver] = composed_at_;
}

void Client::on_snapshot(const std::string& json) {
  const Logged* found = logged(json);
  if (!found) return;
  const std::string topic = model::to_string(found->topic);
  if (!snapshot_wanted_ && (is_complete(found->topic) || !resumed_))
    return complain("a snapshot that was not asked for");
  if (live_seen_) return complain("a snapshot behind a live event");
  if (found->point > position_) return complain("a snapshot newer than the stream's start: " + json);
  if (++snapshots_[topic] > 1) return complain("a topic is twice in the snapshot: " + json);
  const auto known = known_.find(topic);
  if (known != known_.end() && found->point < known->second.point)
    return complain("a snapshot goes back in time");
  known_[topic] = {found->point, found->payload};
}

std::string Client::check(Held held) {
  if (!complaint_.empty() || !station_ || reset_) return complaint_;
  if (!greeted_) return complaint_ = "nothing came, not even connected";
  const Point last{station_->era, shard().window().last_id()};
  if (position_.era != last.era) return complaint_ = "the store was cut, and that was never said";
  if (count(position_, last) != 0) return complaint_ = "events were never delivered, and no gap said";
  for (const auto& [topic, logged] : newest(last)) {
    if (logged->point > began_at_ || (snapshot_whole_ && !history_.forgets))
      check_topic(topic, *logged, held);
  }
  return complaint_;
}

void Client::check_topic(const std::string& topic, const Logged& newest, Held held) {
  const auto known = known_.find(topic);
  if (known != known_.end() && known->second == Known{newest.point, newest.payload}) return;
  // What was said to be missed need not be known; of positions that are thinned that is not said.
  if (gap_seen_ && (is_complete(newest.topic) || history_.forgets)) return;
  if (is_complete(newest.topic)) return complain("the reader does not have the newest state of " + topic);
  if (held == Held::none) return complain("the newest position was left out");
  const base::SteadyTime now = clock_.steady();
  const auto moved = moved_at_.find(topic);
  if (moved != moved_at_.end() && now < moved->second + rate_) return;
  // A topic that was forgotten leaves its period to another.
  if (history_.forgets && now < newest.at + k_mail_lag_max + rate_) return;
  complain("a position neither came nor is within its driver's period");
}

void Client::complain(const std::string& what) {
  if (complaint_.empty()) complaint_ = what;
}

bool Client::matches(const model::Topic& topic) const {
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const model::TopicPattern& pattern) { return model::matches(pattern, topic); });
}

bool Client::is_complete(const model::Topic& topic) const {
  return rate_.count() == 0 || !is_position(topic);
}

std::uint64_t Client::count(Point from, Point to) const {
  const auto& log = history_.log;
  std::uint64_t events = 0;
  for (auto at = std::ranges::upper_bound(log, from, {}, &Logged::point); at != log.end() && at->point <= to;
       ++at)
    if (is_complete(at->topic) && matches(at->topic)) ++events;
  return events;
}

std::map<std::string, const Logged*> Client::newest(Point to) const {
  std::map<std::string, const Logged*> found;
  for (const Logged& logged : history_.log) {
    if (logged.point <= to && !logged.lost && matches(logged.topic))
      found[model::to_string(logged.topic)] = &logged;
  }
  return found;
}

// With a rate, only the newest position of each driver is to come.
std::uint64_t Client::count_resumed(Point from, Point to) const {
  std::uint64_t positions = 0;
  for (const auto& [topic, logged] : newest(to)) {
    if (!is_complete(logged->topic) && logged->point > from) ++positions;
  }
  return count(from, to) + positions;
}

}  // namespace rt::simulation
