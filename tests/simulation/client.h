// SPDX-License-Identifier: MIT
// Client: a reader as the simulation sees it. It reads the bytes of its stream through a socket that is short
// at times, decodes them, and holds each message against the history of all that was published: order, once
// only, exact resume, every gap said and counted, and the newest state of each topic. With a rate, positions
// are held against another promise: the first at once, never two of a driver within the period, never an
// older one behind a newer, and the newest once a period has passed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/rights.h"
#include "base/clock.h"
#include "hub/shard.h"
#include "simulation/history.h"
#include "simulation/inflater.h"
#include "simulation/station.h"
#include "sse/decoder.h"

namespace rt::simulation {

class Client final : public hub::Sink {
 public:
  // `rate` 0: every position.
  Client(const History& history, const base::Clock& clock, std::vector<model::TopicPattern> patterns,
         std::chrono::milliseconds rate);

  // Connects to a shard; with an id resumes from there.
  void connect(Station& station, std::optional<std::string> last_event_id, hub::Form form,
               hub::Snapshot snapshot);
  // Cuts the connection wherever it is.
  void cut();
  // The peer resets: the next write fails, and the owner cuts then.
  void reset() { reset_ = true; }
  bool is_dead() const { return dead_; }
  // Has the shard end the stream: all that the shard has for it must come before the end.
  void end();
  bool connected() const { return station_ != nullptr; }
  bool blocked() const { return subscriber_ && subscriber_->blocked(); }
  hub::Subscriber& subscriber() { return *subscriber_; }
  hub::Shard& shard() { return station_->shard; }
  const std::string& last_event_id() const { return decoder_.last_event_id(); }

  // How many bytes the socket takes from now on.
  void set_room(std::size_t bytes) { room_ = bytes; }
  std::optional<std::size_t> write(std::string_view bytes) override;

  // The shard has written all that it has for this stream: nothing may be missing but positions within their
  // period. Returns the complaint, or empty.
  enum class Held { allowed, none };
  std::string check(Held held);
  const std::string& complaint() const { return complaint_; }

 private:
  struct Known {
    Point point;
    std::string payload;
    bool operator==(const Known&) const = default;
  };

  void take(std::string_view bytes);
  void take_body(std::string_view bytes);
  void on_message(const sse::Message& message);
  void on_connected(const std::string& json);
  void on_gap(sse::EventId id, const std::string& json);
  void on_event(sse::EventId id, const std::string& json);
  void on_position(sse::EventId id, const Logged& logged);
  void on_snapshot(const std::string& json);
  // The stream's id is `id` now, and no event came with it.
  void move_to(sse::EventId id);
  const Logged* logged(const std::string& json);
  void complain(const std::string& what);
  bool matches(const model::Topic& topic) const;
  // Of which every single event must come.
  bool is_complete(const model::Topic& topic) const;
  // Those events after `from` up to and including `to`.
  std::uint64_t count(Point from, Point to) const;
  bool has_lost_nothing(sse::EventId id) const;
  void check_verdict();
  // By topic, the newest up to and including `to`.
  std::map<std::string, const Logged*> newest(Point to) const;
  std::uint64_t count_resumed(Point from, Point to) const;
  void check_topic(const std::string& topic, const Logged& newest, Held held);

  const History& history_;
  const base::Clock& clock_;
  std::vector<model::TopicPattern> patterns_;
  std::chrono::milliseconds rate_;
  auth::Subscription subscription_;
  Station* station_ = nullptr;
  std::unique_ptr<hub::Subscriber> subscriber_;
  hub::Form form_;
  std::unique_ptr<Inflater> inflater_;  // of a compressed stream
  sse::Decoder decoder_;
  std::string chunks_;  // bytes of a chunk that is not whole
  bool chunks_ended_ = false;
  std::size_t room_ = 0;
  bool reset_ = false;
  bool dead_ = false;
  bool short_ = false;            // the last write came up short
  base::SteadyTime composed_at_;  // when the shard put together what comes now
  std::size_t composed_era_ = 0;

  std::size_t cuts_said_ = 0;  // on this stream
  bool greeted_ = false;
  bool resumed_ = false;
  bool ending_ = false;
  bool live_seen_ = false;
  bool snapshot_wanted_ = false;
  std::optional<std::string> asked_;
  Point position_;                        // everything up to here was received or said to be missed
  Point opened_at_;                       // the shard's last event when the stream was opened
  std::map<std::string, int> snapshots_;  // how often each topic came in this stream's snapshot
  std::map<std::string, base::SteadyTime> moved_at_;  // by driver: when its last position was put together
  // Over all streams since one that was not resumed:
  std::map<std::string, Known> known_;  // by topic: the state a reader would show
  Point began_at_;                      // what is newer must be known
  bool snapshot_whole_ = false;         // and what is older
  bool gap_seen_ = false;
  std::string complaint_;
};

}  // namespace rt::simulation
