// SPDX-License-Identifier: MIT
// Control messages: what a stream says besides events (section 1 of the contract): connected, gap,
// token_expiring, heartbeats, and the end. Each returns whole event stream blocks, in no coding and
// no chunk. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/rights.h"
#include "sse/event_id.h"

namespace rt::hub {

enum class Resume { fresh, resumed, gap };

struct Verdict {
  Resume resume = Resume::fresh;
  // With resumed: exactly this many events follow; with a rate, of positions only the newest of each driver.
  std::uint64_t missed = 0;
  std::string_view reason;  // with gap
};

// How `connected` names what the stream is of.
enum class Naming { id, topics };

// `position`: the id line, where the stream starts from.
std::string connected_message(const auth::Subscription& subscription, Naming naming,
                              std::chrono::milliseconds heartbeat, std::chrono::milliseconds retry,
                              const Verdict& verdict, sse::EventId position);
std::string gap_message(std::uint64_t missed, sse::EventId position);
// A gap of nobody knows how many events: the store was cut.
std::string cut_message(sse::EventId position);
std::string token_expiring_message(std::chrono::seconds expires_in);
// A comment, and the id up to which a subscriber that has everything is served: a client that was quiet for
// long then resumes from here, not from its last event, which may be forgotten by then.
std::string heartbeat_message(sse::EventId position);
std::string end_message(std::chrono::milliseconds retry);

}  // namespace rt::hub
