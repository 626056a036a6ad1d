// SPDX-License-Identifier: MIT
#include "store/audience.h"

#include <algorithm>
#include <ranges>

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

std::vector<Followed> Audience::busiest() const {
  std::vector<Followed> busiest(std::min(k_busiest_max, topics_.size()));
  const auto followed =
      topics_ | std::views::transform([this](const auto& entry) {
        return Followed{entry.first, entry.second + kinds_[model::index_of(entry.first.kind)]};
      });
  std::ranges::partial_sort_copy(followed, busiest, [](const Followed& a, const Followed& b) {
    return a.streams != b.streams ? a.streams > b.streams : a.topic < b.topic;
  });
  return busiest;
}

}  // namespace rt::store
