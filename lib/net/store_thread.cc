// SPDX-License-Identifier: MIT
#include "net/store_thread.h"

namespace rt::net {

void StoreThread::start(std::vector<Mailbox<ShardMail>*> shards) {
  shards_ = std::move(shards);
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
    mailbox_.wait();
    take_turn();
  }
}

void StoreThread::take_turn() {
  store::Turn turn = store_->turn(mailbox_.take());
  if (!turn.batch.empty()) {
    events_.fetch_add(turn.batch.size(), std::memory_order_relaxed);
    const auto batch = std::make_shared<const store::Batch>(std::move(turn.batch));
    for (Mailbox<ShardMail>* shard : shards_) shard->post(batch);
  }
  std::vector<std::vector<store::Answer>> by_shard(shards_.size());
  for (store::Answer& answer : turn.answers) by_shard[answer.to.shard].push_back(std::move(answer));
  for (std::size_t shard = 0; shard < by_shard.size(); ++shard) {
    if (!by_shard[shard].empty()) shards_[shard]->post(std::move(by_shard[shard]));
  }
}

}  // namespace rt::net
