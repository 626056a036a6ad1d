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

Client::Client(const Log& log, std::vector<model::TopicPattern> patterns)
    : log_(log), patterns_(std::move(patterns)) {
  auth::Rights everything;
  everything.grant_subscribe({});
  subscription_ = *everything.subscription(patterns_);
  decoder_.on_message = [this](const sse::Message& message) { on_message(message); };
}

void Client::connect(hub::Shard& shard, std::optional<std::string> last_event_id, hub::Framing framing,
                     hub::Snapshot snapshot) {
  shard_ = &shard;
  framing_ = framing;
  chunks_.clear();
  chunks_ended_ = false;
  decoder_.restart();
  greeted_ = live_seen_ = gap_seen_ = false;
  snapshots_.clear();
  asked_ = last_event_id;
  opened_at_ = shard.window().last_id();
  subscriber_ = std::make_unique<hub::Subscriber>(*this, framing);
  hub::Opening opening;
  if (asked_) opening.last_event_id = *asked_;
  opening.snapshot = snapshot;
  const hub::Verdict verdict = shard.open(*subscriber_, subscription_, opening);
  snapshot_wanted_ = snapshot == hub::Snapshot::send && verdict.resume != hub::Resume::resumed;
  if (verdict.resume != hub::Resume::resumed) newest_.clear();
  // No false gap: what the shard still holds must be resumed.
  const auto id = asked_ ? sse::parse_event_id(*asked_) : std::nullopt;
  const bool held = id && shard.window().find(*id).has_value();
  if (held != (verdict.resume == hub::Resume::resumed))
    complain("the verdict does not fit what the shard holds");
}

void Client::cut() {
  if (!shard_) return;
  shard_->close(*subscriber_);
  subscriber_.reset();
  shard_ = nullptr;
}

void Client::end() {
  if (!shard_) return;
  const sse::EventId newest = shard_->window().last_id();
  shard_->end(*subscriber_, "retry: 1\n\n");
  room_ = 10'000'000;
  if (subscriber_->blocked()) shard_->on_writable(*subscriber_);
  while (shard_->has_work()) shard_->flush();
  if (!subscriber_->ended()) complain("the stream does not end");
  if (count(position_, newest) != 0) complain("the stream ended before its last event");
  if (framing_ == hub::Framing::chunked && !chunks_ended_) complain("the stream ended without a last chunk");
  cut();
}

std::optional<std::size_t> Client::write(std::string_view bytes) {
  const std::size_t taken = std::min(room_, bytes.size());
  room_ -= taken;
  take(bytes.substr(0, taken));
  return taken;
}

void Client::take(std::string_view bytes) {
  if (framing_ == hub::Framing::plain) {
    if (!decoder_.feed(bytes)) complain("the stream does not decode");
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
    if (!decoder_.feed(std::string_view(chunks_).substr(line_end + 2, size)))
      complain("the stream does not decode");
    chunks_.erase(0, line_end + 2 + size + 2);
  }
}

void Client::on_message(const sse::Message& message) {
  if (message.type != "message") return complain("an event has an event field");
  const auto type = member(message.data, "type");
  if (!type) return complain("a message is no JSON object with a type: " + message.data);
  if (!greeted_) {
    if (type->text != "connected") return complain("the first message is not connected: " + message.data);
    return on_connected(message.data);
  }
  if (member(message.data, "snapshot")) return on_snapshot(message.data);
  const auto id = sse::parse_event_id(message.last_event_id);
  if (!id) return complain("an event has no id: " + message.data);
  if (type->text == "gap") {
    const auto missed = member(message.data, "missed");
    if (!missed || std::to_string(count(position_, *id)) != missed->raw || missed->raw == "0") {
      return complain("a gap is miscounted: " + message.data + ", missed " +
                      std::to_string(count(position_, *id)));
    }
    position_ = *id;
    gap_seen_ = live_seen_ = true;
    return;
  }
  on_event(*id, message.data);
}

void Client::on_connected(const std::string& json) {
  greeted_ = true;
  const std::string resume = member(json, "resume")->text;
  const auto id = sse::parse_event_id(decoder_.last_event_id());
  if (!id) return complain("connected has no id");
  position_ = *id;
  if (resume == "resumed") {
    if (decoder_.last_event_id() != asked_) return complain("resumed from elsewhere than asked");
    if (member(json, "missed")->raw != std::to_string(count(position_, opened_at_)))
      complain("missed is miscounted: " + json);
  } else if (position_ != opened_at_) {
    complain("a fresh stream does not start at the end");
  }
}

void Client::on_event(sse::EventId id, const std::string& json) {
  live_seen_ = true;
  if (id <= position_) return complain("an event came twice or out of order: " + json);
  if (count(position_, id) != 1) return complain("events were left out before " + json);
  position_ = id;
  const auto found = std::lower_bound(log_.begin(), log_.end(), id,
                                      [](const Logged& a, sse::EventId b) { return a.id < b; });
  if (found == log_.end() || found->id != id || !matches(found->topic))
    return complain("an event that is not ours: " + json);
  if (member(json, "data")->raw != found->payload) return complain("a payload was changed: " + json);
  newest_[model::to_string(found->topic)] = found->payload;
}

void Client::on_snapshot(const std::string& json) {
  if (!snapshot_wanted_) return complain("a snapshot that was not asked for");
  if (live_seen_ && !gap_seen_) return complain("a snapshot behind a live event");
  const auto payload = std::string(member(json, "data")->raw);
  for (const Logged& logged : log_) {
    if (logged.payload != payload) continue;
    const std::string topic = model::to_string(logged.topic);
    if (!matches(logged.topic)) return complain("a snapshot that is not ours: " + json);
    if (logged.id > position_ && !gap_seen_)
      return complain("a snapshot newer than the stream's start: " + json);
    if (++snapshots_[topic] > 1) return complain("a topic is twice in the snapshot: " + json);
    newest_[topic] = payload;
    return;
  }
  complain("a snapshot of nothing: " + json);
}

std::string Client::check_complete() {
  if (!complaint_.empty() || !shard_) return complaint_;
  if (!greeted_) return complaint_ = "nothing came, not even connected";
  if (!log_.empty() && count(position_, log_.back().id) != 0)
    return complaint_ = "events were never delivered, and no gap said";
  return {};
}

std::string Client::check_newest() {
  if (!complaint_.empty() || !shard_) return complaint_;
  if (gap_seen_ || !snapshot_wanted_) return {};
  std::map<std::string, std::string> newest;
  for (const Logged& logged : log_) {
    if (matches(logged.topic)) newest[model::to_string(logged.topic)] = logged.payload;
  }
  if (newest != newest_) complaint_ = "the reader does not have the newest state of each topic";
  return complaint_;
}

void Client::complain(const std::string& what) {
  if (complaint_.empty()) complaint_ = what;
}

bool Client::matches(const model::Topic& topic) const {
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const model::TopicPattern& pattern) { return model::matches(pattern, topic); });
}

std::uint64_t Client::count(sse::EventId from, sse::EventId to) const {
  return static_cast<std::uint64_t>(std::count_if(log_.begin(), log_.end(), [&](const Logged& logged) {
    return logged.id > from && logged.id <= to && matches(logged.topic);
  }));
}

}  // namespace rt::simulation
