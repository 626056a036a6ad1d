// SPDX-License-Identifier: MIT
// StoreThread: gives the store its thread. It sleeps until somebody asks, lets the store take one turn with
// all that was asked, posts the batch to every shard and only then the answers. Started once the shards'
// mailboxes are known; stopped after the shards, so that nothing asked goes unanswered.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "net/mailbox.h"
#include "net/reactor.h"
#include "store/store.h"

namespace rt::net {

class StoreThread {
 public:
  explicit StoreThread(std::unique_ptr<store::Store> store) : store_(std::move(store)) {}
  ~StoreThread() { stop(); }

  StoreMailbox& mailbox() { return mailbox_; }
  sse::EventId origin() const { return store_->origin(); }
  std::uint64_t events() const { return events_.load(std::memory_order_relaxed); }

  // `shards` must outlive the thread.
  void start(std::vector<Mailbox<ShardMail>*> shards);
  // Answers what was asked before, then ends.
  void stop();

 private:
  void run();
  void take_turn();

  std::unique_ptr<store::Store> store_;
  StoreMailbox mailbox_;
  std::vector<Mailbox<ShardMail>*> shards_;
  std::atomic<std::uint64_t> events_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace rt::net
