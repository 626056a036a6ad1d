// SPDX-License-Identifier: MIT
// RedisCandidate: a store in a redis-server of the test's own, the same one for all tests, emptied for each.
#pragma once

#include "store/conformance/candidate.h"
#include "store/redis_server.h"

namespace rt::conformance {

class RedisCandidate final : public Candidate {
 public:
  RedisCandidate();
  ~RedisCandidate() override;
  base::Result<store::Opened> open(const store::Retention& retention, const base::Clock& clock) override {
    return store::open_redis(server().address(), retention, clock);
  }
  bool is_durable() const override { return true; }
  bool keeps_newest() const override { return false; }
  bool has_our_clock() const override { return false; }
  // What expires in Redis expires that much earlier.
  void pass(base::ManualClock& clock, std::chrono::milliseconds time) override;
  // Redis may use no more memory than it does: what a full disk is to others.
  bool obstruct() override;
  void clear_way() override;

  static store_test::RedisServer& server();
};

}  // namespace rt::conformance
