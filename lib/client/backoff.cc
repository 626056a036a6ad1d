// SPDX-License-Identifier: MIT
#include "client/backoff.h"

#include <algorithm>

namespace rt::client {
namespace {

constexpr double k_jitter = 0.2;
// What a server may ask for.
constexpr std::chrono::milliseconds k_wish_max{3'600'000};

}  // namespace

std::chrono::milliseconds full_wait(const Backoff& backoff, unsigned attempt) {
  auto wait = std::min(backoff.first, backoff.max);
  for (unsigned n = 1; n < attempt && wait < backoff.max && wait.count() > 0; ++n) {
    wait = std::min(wait * 2, backoff.max);
  }
  return wait;
}

std::chrono::milliseconds wait_before(const Backoff& backoff, unsigned attempt, const ServerWish& wish,
                                      base::Random& random) {
  const auto full = full_wait(backoff, attempt);
  const auto less = static_cast<double>(full.count()) * k_jitter * random.unit();
  auto wait = full - std::chrono::milliseconds(static_cast<std::int64_t>(less));
  if (wish.retry) {
    const auto retry = std::min(*wish.retry, k_wish_max);
    wait = attempt <= 1 ? retry : std::max(wait, retry);
  }
  if (wish.retry_after) wait = std::max(wait, std::min(*wish.retry_after, k_wish_max));
  return wait;
}

}  // namespace rt::client
