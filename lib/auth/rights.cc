// SPDX-License-Identifier: MIT
#include "auth/rights.h"

#include <algorithm>
#include <bitset>
#include <set>

namespace rt::auth {
namespace {

bool any_matches(const std::vector<model::TopicPattern>& patterns, const model::Topic& topic) {
  return std::ranges::any_of(patterns, [&](const auto& pattern) { return model::matches(pattern, topic); });
}

// What the patterns let through: whole kinds, and single topics of other kinds. Sets, as a token and a
// request may each name a thousand.
struct Reach {
  std::bitset<model::k_kind_count> kinds;
  std::set<model::Topic> topics;

  void add(const model::TopicPattern& pattern) {
    if (!pattern.kind) {
      kinds.set();
    } else if (!pattern.id) {
      kinds.set(model::index_of(*pattern.kind));
    } else {
      topics.insert({*pattern.kind, *pattern.id});
    }
  }
  bool covers(model::Kind kind) const { return kinds.test(model::index_of(kind)); }
};

}  // namespace

bool Rights::may_publish(const model::Topic& topic) const {
  return any_matches(publish_, topic);
}
bool Rights::may_subscribe(const model::Topic& topic) const {
  return any_matches(subscribe_, topic);
}

base::Result<Subscription> Rights::subscription(const std::vector<model::TopicPattern>& asked) const {
  if (asked.empty()) return base::fail(base::ErrorKind::invalid, "no topic was asked for");
  Subscription subscription;
  Reach reach;
  std::set<model::TopicPattern> seen;
  for (const model::TopicPattern& pattern : asked) {
    if (!seen.insert(pattern).second) continue;
    bool readable = false;
    for (const model::TopicPattern& granted : subscribe_) {
      const auto common = model::intersect(pattern, granted);
      if (!common) continue;
      readable = true;
      reach.add(*common);
    }
    if (!readable)
      return base::fail(base::ErrorKind::denied,
                        "the token does not allow to read " + model::to_string(pattern));
    subscription.patterns_.push_back(pattern);
  }
  for (const model::Resource& resource : model::k_resources)
    if (reach.covers(resource.kind)) subscription.kinds_.push_back(resource.kind);
  for (const model::Topic& topic : reach.topics)
    if (!reach.covers(topic.kind)) subscription.topics_.push_back(topic);
  return subscription;
}

}  // namespace rt::auth
