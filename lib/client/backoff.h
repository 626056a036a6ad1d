// SPDX-License-Identifier: MIT
// How long to wait before the nth attempt in a row. Pure but for the Random it is handed; any thread.
#pragma once

#include <chrono>
#include <optional>

#include "base/random.h"

namespace rt::client {

struct Backoff {
  std::optional<unsigned> retries_max = 5;  // nothing: without end
  std::chrono::milliseconds first{2'000};   // doubled with each attempt
  std::chrono::milliseconds max{30'000};
};

// min(first x 2^(attempt - 1), max); `attempt` counts from 1.
std::chrono::milliseconds full_wait(const Backoff& backoff, unsigned attempt);

// What the server asked for, where it did.
struct ServerWish {
  std::optional<std::chrono::milliseconds> retry;        // the stream's `retry:` field
  std::optional<std::chrono::milliseconds> retry_after;  // of a 429 or 503
};

// full_wait() less up to 20 % at random. A `retry:` takes the place of the first wait, as the standard asks,
// exactly, because the server has spread its clients by it already; later waits are never shorter. Never
// before Retry-After.
std::chrono::milliseconds wait_before(const Backoff& backoff, unsigned attempt, const ServerWish& wish,
                                      base::Random& random);

}  // namespace rt::client
