// SPDX-License-Identifier: MIT
#include "store/idempotency.h"

namespace rt::store {

const Receipt* Idempotency::find(const std::string& key, base::SteadyTime now) {
  while (!by_age_.empty() && by_age_.front().until <= now) {
    receipts_.erase(by_age_.front().key);
    by_age_.pop_front();
  }
  const auto found = receipts_.find(key);
  return found == receipts_.end() ? nullptr : &found->second;
}

void Idempotency::remember(const std::string& key, const Receipt& receipt, base::SteadyTime until) {
  if (!receipts_.emplace(key, receipt).second) return;
  by_age_.push_back({key, until});
  if (by_age_.size() > k_idempotency_keys_max) {
    receipts_.erase(by_age_.front().key);
    by_age_.pop_front();
  }
}

}  // namespace rt::store
