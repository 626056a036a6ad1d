// SPDX-License-Identifier: MIT
// Connection::Stream: what a connection holds once it is a stream, and for as long. A part of connection.h.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "base/random.h"
#include "net/connection.h"

namespace rt::net {

// How long before its token's end a stream is told.
inline constexpr std::chrono::seconds k_expiry_warning{30};

// Between one and three seconds, so that a restart is not answered by everyone at once.
inline std::chrono::milliseconds jittered_retry(base::Random& random) {
  return std::chrono::milliseconds(1000 + static_cast<std::int64_t>(random.below(2001)));
}

// Up to a fifth earlier, so that not all that came at the same time come back at the same time.
inline std::chrono::milliseconds jittered_age(std::chrono::milliseconds age, base::Random& random) {
  const std::uint64_t earlier = random.below(static_cast<std::uint64_t>(age.count()) / 5 + 1);
  return age - std::chrono::milliseconds(static_cast<std::int64_t>(earlier));
}

struct Connection::Stream {
  Stream(hub::Sink& sink, hub::Form form, std::unique_ptr<Guest> of, base::SteadyTime now)
      : subscriber(sink, form), guest(std::move(of)), opened(now), last_write(now) {}

  base::SteadyTime next_due(const Connection& connection, base::SteadyTime now) const {
    base::SteadyTime due = std::max(connection.heartbeat_due(), now);
    due = std::min(due, ends_at);
    return std::min(due, (warned ? expires_at : expires_at - k_expiry_warning) + expiry_spread);
  }

  void set_expiry(const Expiry& expiry, base::SteadyTime now, base::WallTime wall, base::Random& random) {
    expires_at = now + (expiry.at - wall);
    expires_at_wall = expiry.at;
    const auto most = static_cast<std::uint64_t>(expiry.spread.count());
    expiry_spread = Spread(static_cast<std::uint32_t>(random.below(most + 1)));
  }
  // By either clock: one that was wrong and is put right does not keep a stream open.
  bool has_expired(base::SteadyTime now, base::WallTime wall) const {
    return now >= expires_at + expiry_spread || wall >= expires_at_wall + expiry_spread;
  }

  using Spread = std::chrono::duration<std::uint32_t, std::milli>;

  hub::Subscriber subscriber;
  std::unique_ptr<Guest> guest;
  base::SteadyTime opened;
  base::SteadyTime last_write;
  std::uint64_t bytes = 0;
  // The token's end, by the steady clock, which nobody sets back, and by the other.
  base::SteadyTime expires_at = base::SteadyTime::max();
  base::WallTime expires_at_wall = base::WallTime::max();
  base::SteadyTime ends_at = base::SteadyTime::max();  // of old age, or with the server
  Spread expiry_spread{0};                             // the stream ends that much later
  CloseReason ends_for = CloseReason::max_age;
  std::optional<CloseReason> ended_for;  // its end has been said
  bool warned = false;
};

}  // namespace rt::net
