// SPDX-License-Identifier: MIT
#include "store/audience.h"

namespace rt::store {

void Audience::apply(const AudienceChange& change) {
  if (change.presence == Presence::joined) {
    for (model::Kind kind : change.kinds) ++kinds_[model::index_of(kind)];
    for (const model::Topic& topic : change.topics) ++topics_[topic];
    return;
  }
  for (model::Kind kind : change.kinds) --kinds_[model::index_of(kind)];
  for (const model::Topic& topic : change.topics) {
    const auto found = topics_.find(topic);
    if (found != topics_.end() && --found->second == 0) topics_.erase(found);
  }
}

std::uint64_t Audience::count(const model::Topic& topic) const {
  const auto found = topics_.find(topic);
  return kinds_[model::index_of(topic.kind)] + (found == topics_.end() ? 0 : found->second);
}

}  // namespace rt::store
