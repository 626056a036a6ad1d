// SPDX-License-Identifier: MIT
// Rights: what the holder of a token may do; deny by default. Subscription: topics that somebody may read,
// which only Rights can make, so that a stream nobody checked cannot be written. Pure values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/topic.h"

namespace rt::auth {

class Subscription {
 public:
  // All topics of these kinds ...
  const std::vector<model::Kind>& kinds() const { return kinds_; }
  // ... and these, none of which is of a kind above, none twice.
  const std::vector<model::Topic>& topics() const { return topics_; }
  // As asked for, for the `connected` message: "orders/O-1", "drivers/*".
  const std::vector<model::TopicPattern>& patterns() const { return patterns_; }

 private:
  friend class Rights;
  std::vector<model::Kind> kinds_;
  std::vector<model::Topic> topics_;
  std::vector<model::TopicPattern> patterns_;
};

class Rights {
 public:
  void grant_subscribe(model::TopicPattern pattern) { subscribe_.push_back(std::move(pattern)); }
  void grant_publish(model::TopicPattern pattern) { publish_.push_back(std::move(pattern)); }
  void grant_stats() { stats_ = true; }

  bool may_publish(const model::Topic& topic) const;
  bool may_subscribe(const model::Topic& topic) const;
  bool may_read_stats() const { return stats_; }
  // May publish to something at all (for a request that names its topics only in the body).
  bool may_publish_anything() const { return !publish_.empty(); }

  const std::vector<model::TopicPattern>& subscribe_patterns() const { return subscribe_; }
  const std::vector<model::TopicPattern>& publish_patterns() const { return publish_; }

  // A single topic must be readable itself; a wildcard narrows to what is readable. denied when a named topic
  // is not, or when nothing of a wildcard is.
  base::Result<Subscription> subscription(const std::vector<model::TopicPattern>& asked) const;

 private:
  std::vector<model::TopicPattern> subscribe_;
  std::vector<model::TopicPattern> publish_;
  bool stats_ = false;
};

}  // namespace rt::auth
