// SPDX-License-Identifier: MIT
// Client: a reader as the simulation sees it. It reads the bytes of its stream through a socket that is short
// at times, decodes them, and holds each message against the log of all that was published: order, once only,
// exact resume, every gap said and counted, and the newest state of each topic in the end.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/rights.h"
#include "hub/shard.h"
#include "sse/decoder.h"

namespace rt::simulation {

struct Logged {
  sse::EventId id;
  model::Topic topic;
  std::string payload;
};

// All that the store accepted, in its order.
using Log = std::vector<Logged>;

class Client final : public hub::Sink {
 public:
  Client(const Log& log, std::vector<model::TopicPattern> patterns);

  // Connects to a shard; with an id resumes from there.
  void connect(hub::Shard& shard, std::optional<std::string> last_event_id, hub::Framing framing,
               hub::Snapshot snapshot);
  // Cuts the connection wherever it is.
  void cut();
  // Has the shard end the stream: all that the shard has for it must come before the end.
  void end();
  bool connected() const { return shard_ != nullptr; }
  bool blocked() const { return subscriber_ && subscriber_->blocked(); }
  hub::Subscriber& subscriber() { return *subscriber_; }
  hub::Shard& shard() { return *shard_; }
  const std::string& last_event_id() const { return decoder_.last_event_id(); }

  // How many bytes the socket takes from now on.
  void set_room(std::size_t bytes) { room_ = bytes; }
  std::optional<std::size_t> write(std::string_view bytes) override;

  // All was delivered: nothing may be missing. Returns the complaint, or empty.
  std::string check_complete();
  // The same for the newest state of each topic, where the snapshot gave the past.
  std::string check_newest();
  const std::string& complaint() const { return complaint_; }

 private:
  void take(std::string_view bytes);
  void on_message(const sse::Message& message);
  void on_connected(const std::string& json);
  void on_event(sse::EventId id, const std::string& json);
  void on_snapshot(const std::string& json);
  void complain(const std::string& what);
  bool matches(const model::Topic& topic) const;
  // Matching events after `from` up to and including `to`.
  std::uint64_t count(sse::EventId from, sse::EventId to) const;

  const Log& log_;
  std::vector<model::TopicPattern> patterns_;
  auth::Subscription subscription_;
  hub::Shard* shard_ = nullptr;
  std::unique_ptr<hub::Subscriber> subscriber_;
  hub::Framing framing_ = hub::Framing::plain;
  sse::Decoder decoder_;
  std::string chunks_;  // bytes of a chunk that is not whole
  bool chunks_ended_ = false;
  std::size_t room_ = 0;

  bool greeted_ = false;
  bool live_seen_ = false;
  bool snapshot_wanted_ = false;
  std::optional<std::string> asked_;
  sse::EventId position_;                      // everything up to here was received or said to be missed
  sse::EventId opened_at_;                     // the shard's last event when the stream was opened
  std::map<std::string, std::string> newest_;  // by topic: the state a reader would show
  std::map<std::string, int> snapshots_;       // how often each topic came in this stream's snapshot
  bool gap_seen_ = false;
  std::string complaint_;
};

}  // namespace rt::simulation
