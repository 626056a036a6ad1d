// SPDX-License-Identifier: MIT
// The part of Shard that tells others of its subscribers: what they follow, and how far they are behind.
#include <algorithm>

#include "hub/shard.h"

namespace rt::hub {

Lag Shard::lag_of(const Subscriber& subscriber) const {
  Lag lag{0, now_};
  for (const Subscriber::Feed& feed : subscriber.feeds()) {
    lag.events += feed.channel->chain.appended - feed.seen;
    if (const Seq next = next_of(feed)) lag.since = std::min(lag.since, window_.appended_at(next));
  }
  return lag;
}

Lag Shard::longest_lag() const {
  Lag longest{0, now_};
  for (const Subscriber* subscriber : blocked_) {
    const Lag lag = lag_of(*subscriber);
    longest.events = std::max(longest.events, lag.events);
    longest.since = std::min(longest.since, lag.since);
  }
  return longest;
}

store::AudienceChange Shard::topics_of(const Subscriber& subscriber) const {
  store::AudienceChange topics;
  for (const Subscriber::Feed& feed : subscriber.feeds()) {
    if (feed.link == Link::kind) {
      topics.kinds.push_back(kind_of(feed));
    } else {
      topics.topics.push_back(static_cast<const TopicRecord&>(*feed.channel).topic);
    }
  }
  return topics;
}

}  // namespace rt::hub
