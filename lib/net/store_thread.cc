// SPDX-License-Identifier: MIT
#include "net/store_thread.h"

#include <algorithm>

#include "base/log.h"

namespace rt::net {

namespace {

void log_broadcast(const store::Batch& batch) {
  if (!base::log_enabled(base::LogLevel::debug)) return;
  for (const store::FramePtr& frame : batch) {
    base::log(base::LogLevel::debug, "event broadcast",
              {{"topic", model::to_string(frame->topic)},
               {"id", sse::format_event_id(frame->id)},
               {"bytes", frame->bytes.size()}});
  }
}

}  // namespace

void StoreThread::start(std::vector<Mailbox<ShardMail>*> shards, std::function<store::Census()> census) {
  shards_ = std::move(shards);
  store_->start([this](store::Arrival arrival) { mailbox_.post(std::move(arrival)); }, std::move(census));
  thread_ = std::thread([this] { run(); });
}

void StoreThread::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  mailbox_.post(store::AudienceChange{});  // changes nothing, and wakes
  thread_.join();
}

void StoreThread::run() {
  while (!stopping_) {
    const auto tidy_at = std::chrono::steady_clock::now() + store_->tidy();
    do {
      const auto left = tidy_at - std::chrono::steady_clock::now();
      mailbox_.wait(
          std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0)));
      take_turn();
    } while (!stopping_ && std::chrono::steady_clock::now() < tidy_at);
  }
}

void StoreThread::take_turn() {
  store::Turn turn = store_->turn(mailbox_.take());
  for (store::Arrival& one : turn.arrivals) {
    log_broadcast(one.batch);
    const auto arrival = std::make_shared<const store::Arrival>(std::move(one));
    for (Mailbox<ShardMail>* shard : shards_) shard->post(arrival);
  }
  std::vector<std::vector<store::Answer>> by_shard(shards_.size());
  for (store::Answer& answer : turn.answers) by_shard[answer.to.shard].push_back(std::move(answer));
  for (std::size_t shard = 0; shard < by_shard.size(); ++shard) {
    if (!by_shard[shard].empty()) shards_[shard]->post(std::move(by_shard[shard]));
  }
}

}  // namespace rt::net
