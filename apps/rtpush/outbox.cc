// SPDX-License-Identifier: MIT
#include "rtpush/outbox.h"

#include <utility>

#include "cli/standard_output.h"

namespace rt::rtpush {

base::Result<void> Outbox::add(Place place, const std::string& json) {
  if (!publisher_) {
    score_.clear_progress();
    score_.sent(1);
    return cli::write_out(json + "\n");
  }
  if (places_.size() == k_batch_events_max || lines_.size() + json.size() + 1 > k_batch_bytes_max) {
    if (auto sent = send(); !sent) {
      score_.not_sent(1);
      return sent;
    }
  }
  lines_.append(json).push_back('\n');
  places_.push_back(std::move(place));
  return {};
}

base::Result<void> Outbox::send() {
  if (places_.empty()) {
    return {};
  }
  auto published = publish();
  if (!published) {
    score_.not_sent(places_.size());
  }
  lines_.clear();
  places_.clear();
  return published;
}

base::Result<void> Outbox::publish() {
  auto published = publisher_->publish_lines(lines_);
  if (!published) {
    return std::unexpected(std::move(published).error());
  }
  score_.sent(published->accepted);
  for (const auto& [line, error] : published->rejected) {
    const bool is_known = line >= 1 && line <= places_.size();
    score_.rejected(is_known ? places_[line - 1] : Place{}, error);
  }
  if (!published->last_id.empty()) {
    last_id_ = std::move(published->last_id);
  }
  return {};
}

}  // namespace rt::rtpush
