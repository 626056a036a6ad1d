// SPDX-License-Identifier: MIT
#include "rtpush/outbox.h"

#include <utility>

#include "cli/standard_output.h"
#include "client/backoff.h"
#include "rtpush/run.h"

namespace rt::rtpush {
namespace {

constexpr client::Backoff k_backoff{
    .retries_max = std::nullopt, .first = std::chrono::milliseconds(500), .max = std::chrono::seconds(10)};

}  // namespace

bool Outbox::fits(const std::string& json) const {
  return places_.size() < k_batch_events_max && lines_.size() + json.size() + 1 <= k_batch_bytes_max;
}

void Outbox::append(Place place, const std::string& json) {
  lines_.append(json).push_back('\n');
  places_.push_back(std::move(place));
}

base::Result<void> Outbox::add(Place place, const std::string& driver, const std::string& json) {
  if (!publisher_) {
    score_.sent(1);
    return cli::write_out(json + "\n");
  }
  if (!next_attempt_ && !fits(json)) {
    if (auto sent = send(); !sent) {
      score_.not_sent(1);
      return sent;
    }
  }
  if (next_attempt_) {
    keep(std::move(place), driver, json);
  } else {
    append(std::move(place), json);
  }
  return {};
}

void Outbox::keep(Place place, const std::string& driver, const std::string& json) {
  const auto known = kept_.find(driver);
  if (known == kept_.end() && kept_.size() == k_drivers_kept_max) {
    score_.not_sent(1);
    return;
  }
  if (known != kept_.end()) {
    score_.not_sent(1);
    ++left_out_;
  }
  kept_.insert_or_assign(driver, Kept{std::move(place), json});
}

base::Result<void> Outbox::send() {
  if (when_away_ == WhenAway::wait) {
    return finish();
  }
  while (!places_.empty() && (!next_attempt_ || *next_attempt_ <= Steady::now())) {
    if (auto sent = attempt(); !sent) {
      return sent;
    }
  }
  return {};
}

base::Result<void> Outbox::finish() {
  while (!places_.empty()) {
    auto published = publisher_->publish_lines(lines_, key());
    if (!published) {
      return give_up(std::move(published).error());
    }
    settle(*published);
  }
  return {};
}

base::Result<void> Outbox::attempt() {
  auto published = publisher_->try_lines(lines_, key());
  if (published) {
    settle(*published);
  } else if (client::is_passing(published.error().kind)) {
    go_away(published.error());
  } else {
    return give_up(std::move(published).error());
  }
  return {};
}

const std::string& Outbox::key() {
  if (key_.empty()) {
    key_ = client::make_idempotency_key();
  }
  return key_;
}

void Outbox::go_away(const base::Error& why) {
  if (attempts_++ == 0) {
    cli::notice(options_.client, k_program,
                why.what + "; keeping the newest position of each driver until the server is back");
  }
  const client::ServerWish wish{.retry = std::nullopt, .retry_after = publisher_->retry_after()};
  next_attempt_ = Steady::now() + client::wait_before(k_backoff, attempts_, wish, random_);
}

void Outbox::come_back() {
  next_attempt_.reset();
  attempts_ = 0;
  std::string line = "the server is back";
  if (const auto count = std::exchange(left_out_, 0); count > 0) {
    line += "; " + std::to_string(count) +
            (count == 1 ? " older position was left out" : " older positions were left out");
  }
  cli::notice(options_.client, k_program, line);
}

void Outbox::take_kept() {
  while (!kept_.empty() && fits(kept_.begin()->second.json)) {
    auto& [place, json] = kept_.begin()->second;
    append(std::move(place), json);
    kept_.erase(kept_.begin());
  }
}

void Outbox::settle(const client::BulkPublished& published) {
  score_.sent(published.accepted);
  for (const auto& [line, error] : published.rejected) {
    const bool is_known = line >= 1 && line <= places_.size();
    score_.rejected(is_known ? places_[line - 1] : Place{}, error);
  }
  if (!published.last_id.empty()) {
    last_id_ = published.last_id;
  }
  lines_.clear();
  places_.clear();
  key_.clear();
  if (next_attempt_) {
    come_back();
  }
  take_kept();
}

base::Result<void> Outbox::give_up(base::Error error) {
  score_.not_sent(places_.size() + kept_.size());
  lines_.clear();
  places_.clear();
  key_.clear();
  kept_.clear();
  return std::unexpected(std::move(error));
}

}  // namespace rt::rtpush
