// SPDX-License-Identifier: MIT
// Outbox: events on their way out, gathered into requests of bounded size; or printed, when there is no
// publisher. Remembers where each stood, so that what the server rejects gets its line number back. While the
// server is away it either waits for it, or, for live positions, keeps each driver's newest and lets its
// caller go on reading. One instance, main thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "client/publisher.h"
#include "rtpush/score.h"

namespace rt::rtpush {

// What to do while the server is away.
enum class WhenAway { wait, keep_newest };

class Outbox {
 public:
  // `publisher`: null to print (--dry-run). `options` and `score` outlive this.
  Outbox(std::unique_ptr<client::Publisher> publisher, const Options& options, Score& score)
      : publisher_(std::move(publisher)), options_(options), score_(score) {}

  // Of an input that begins now.
  void when_away(WhenAway choice) { when_away_ = choice; }

  // `json`: a whole event on one line. Sends first what is there if it would not fit with it. `driver`: whose
  // position it is, where the server may be away for long.
  base::Result<void> add(Place place, const std::string& driver, const std::string& json);
  // Sends all there is. After an error, what was not sent is counted and forgotten.
  base::Result<void> send();
  // The end: with patience for a server that is away, but no more than an ordinary request has.
  base::Result<void> finish();
  // With keep_newest, while the server is away: when send() is to be called again.
  std::optional<std::chrono::steady_clock::time_point> next_attempt() const { return next_attempt_; }

  const std::string& last_id() const { return last_id_; }

 private:
  using Steady = std::chrono::steady_clock;
  struct Kept {
    Place place;
    std::string json;
  };

  static constexpr std::size_t k_batch_events_max = 500;
  static constexpr std::size_t k_batch_bytes_max = 256 * 1024;
  static constexpr std::size_t k_drivers_kept_max = 10'000;

  bool fits(const std::string& json) const;
  void append(Place place, const std::string& json);
  void keep(Place place, const std::string& driver, const std::string& json);
  // One attempt at the batch. Passing errors set the time of the next.
  base::Result<void> attempt();
  const std::string& key();
  void go_away(const base::Error& why);
  void come_back();
  // Counts the answer to the batch, and begins the next with what was kept.
  void settle(const client::BulkPublished& published);
  void take_kept();
  base::Result<void> give_up(base::Error error);

  std::unique_ptr<client::Publisher> publisher_;
  const Options& options_;
  Score& score_;
  WhenAway when_away_ = WhenAway::wait;
  std::string lines_;
  std::vector<Place> places_;  // of each line
  std::string last_id_;

  // While the server is away. The batch stays as it is then, and so does its key: it may have arrived.
  std::optional<Steady::time_point> next_attempt_;
  std::string key_;
  unsigned attempts_ = 0;                       // in a row
  std::uint64_t left_out_ = 0;                  // positions for which there were newer ones
  std::unordered_map<std::string, Kept> kept_;  // by driver
  base::Random random_;
};

}  // namespace rt::rtpush
