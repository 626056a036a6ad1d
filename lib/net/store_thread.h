// SPDX-License-Identifier: MIT
// StoreThread: gives the store its thread. It sleeps until somebody asks or events arrive, lets the store
// take one turn with all of it, posts what is to be delivered to every shard and only then the answers, and
// tidies up in between. Started once the shards' mailboxes are known; stopped after the shards, so that
// nothing asked goes unanswered.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
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
  // For what any thread may ask of it.
  const store::Store& store() const { return *store_; }

  // `shards` must outlive the thread. `census` is the engine's (store/engine.h).
  void start(std::vector<Mailbox<ShardMail>*> shards, std::function<store::Census()> census = {});
  // Answers what was asked before, then ends.
  void stop();

 private:
  void run();
  void take_turn();

  StoreMailbox mailbox_;  // outlives the store, whose engine may post to it
  std::unique_ptr<store::Store> store_;
  std::vector<Mailbox<ShardMail>*> shards_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace rt::net
