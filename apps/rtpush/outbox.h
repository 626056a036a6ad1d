// SPDX-License-Identifier: MIT
// Outbox: events on their way out, gathered into requests of bounded size; or printed, when there is no
// publisher. Remembers where each stood, so that what the server rejects gets its line number back. One
// instance, main thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "client/publisher.h"
#include "rtpush/score.h"

namespace rt::rtpush {

class Outbox {
 public:
  // `publisher`: null to print (--dry-run). `score` outlives this.
  Outbox(std::unique_ptr<client::Publisher> publisher, Score& score)
      : publisher_(std::move(publisher)), score_(score) {}

  // `json`: a whole event on one line. Sends first what is there if it would not fit with it.
  base::Result<void> add(Place place, const std::string& json);
  // Sends all there is. After an error, what was not sent is counted and forgotten.
  base::Result<void> send();

  const std::string& last_id() const { return last_id_; }

 private:
  static constexpr std::size_t k_batch_events_max = 500;
  static constexpr std::size_t k_batch_bytes_max = 256 * 1024;

  base::Result<void> publish();

  std::unique_ptr<client::Publisher> publisher_;
  Score& score_;
  std::string lines_;
  std::vector<Place> places_;  // of each line
  std::string last_id_;
};

}  // namespace rt::rtpush
