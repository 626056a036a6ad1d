// SPDX-License-Identifier: MIT
// RedisInstance: one of the instances that share a store on Redis, with what it saw, as a text: the ids of
// orders as they arrived, and "cut" where it was told of one.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "net/mailbox.h"
#include "store/open.h"
#include "store/redis_server.h"
#include "store/store.h"

namespace rt::store_test {

// Asks until it is so, or for long enough.
inline bool eventually(const std::function<bool()>& is_so) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

class RedisInstance {
 public:
  explicit RedisInstance(const store::RedisAddress& address,
                         store::Retention retention = {1'000'000, std::chrono::hours(1)}) {
    auto opened = store::open_redis(address, retention, clock_);
    if (!opened) {
      refusal_ = opened.error().what;
      return;
    }
    held_ = std::move(opened->held);
    store_ = std::make_unique<store::Store>(std::move(opened->engine));
    store_->start([this](store::Arrival arrival) { mailbox_.post(std::move(arrival)); });
  }

  base::Result<store::Receipt> publish(std::vector<std::string> orders, std::string key = {}) {
    store::Publish one{{}, {}, std::move(key)};
    for (std::string& id : orders) one.events.push_back({{model::Kind::order, std::move(id)}, "{}", {}});
    std::vector<store::Asked> asked;
    asked.emplace_back(std::move(one));
    return store_->turn(std::move(asked)).answers.at(0).receipt;
  }

  // As the store's thread does it: turns, and what is to be done in between.
  const std::string& look() {
    for (const store::Arrival& arrival : store_->turn(mailbox_.take()).arrivals) {
      if (arrival.cut) {
        seen_ += "cut ";
        cuts_.push_back(*arrival.cut);
      }
      for (const auto& frame : arrival.batch) {
        seen_ += frame->topic.id + ' ';
        ids_.push_back(frame->id);
        json_.emplace_back(frame->json());
      }
    }
    const auto now = std::chrono::steady_clock::now();
    if (now > tidy_at_) tidy_at_ = now + store_->tidy();
    return seen_;
  }
  bool sees(const std::string& text) {
    return eventually([&] { return look() == text; });
  }
  bool is_well() {
    return eventually([&] { return look(), store_->trouble() == nullptr; });
  }
  bool is_in_trouble(const std::string& why) {
    return eventually([&] {
      look();
      const char* trouble = store_->trouble();
      return trouble != nullptr && std::string(trouble).find(why) != std::string::npos;
    });
  }

  store::Store& store() { return *store_; }
  const store::Recollection& held() const { return held_; }
  const std::string& refusal() const { return refusal_; }
  const std::vector<sse::EventId>& ids() const { return ids_; }
  const std::vector<sse::EventId>& cuts() const { return cuts_; }
  const std::vector<std::string>& json() const { return json_; }

 private:
  base::SystemClock clock_;
  net::Mailbox<store::Asked> mailbox_;
  store::Recollection held_;
  std::string refusal_;
  std::unique_ptr<store::Store> store_;
  std::string seen_;
  std::vector<sse::EventId> ids_, cuts_;
  std::vector<std::string> json_;
  std::chrono::steady_clock::time_point tidy_at_{};
};

}  // namespace rt::store_test
