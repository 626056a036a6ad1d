// SPDX-License-Identifier: MIT
#include "hub/topic_index.h"

namespace rt::hub {

namespace {
// How many records forget_oldest() looks at: enough to pass a few that are in use, few enough to be cheap.
constexpr int k_forget_looks = 8;

bool is_in_use(const TopicRecord& record) {
  return !record.readers.empty() || record.chain.last != 0 || record.dirty;
}
}  // namespace

TopicRecord& TopicIndex::record(const model::Topic& topic) {
  if (const auto found = records_.find(topic); found != records_.end()) return *found->second;
  if (records_.size() >= topics_max_) forget_oldest();
  auto made = std::make_unique<TopicRecord>();
  TopicRecord& record = *made;
  record.topic = topic;
  record.by_age = by_age_.insert(by_age_.end(), &record);
  auto& slots = slots_[model::index_of(topic.kind)];
  auto& free_slots = free_slots_[model::index_of(topic.kind)];
  if (free_slots.empty()) {
    record.slot = slots.size();
    slots.push_back(&record);
  } else {
    record.slot = free_slots.back();
    free_slots.pop_back();
    slots[record.slot] = &record;
  }
  records_.emplace(topic, std::move(made));
  return record;
}

const TopicRecord* TopicIndex::find(const model::Topic& topic) const {
  const auto found = records_.find(topic);
  return found == records_.end() ? nullptr : found->second.get();
}

void TopicIndex::renew(TopicRecord& record, store::FramePtr newest, Seq seq, base::SteadyTime now) {
  record.newest = std::move(newest);
  record.newest_seq = seq;
  record.renewed_at = now;
  record.snapshots.reset();
  record.late.reset();
  by_age_.splice(by_age_.end(), by_age_, record.by_age);
}

void TopicIndex::forget_oldest() {
  auto next = by_age_.begin();
  for (int looks = 0; looks < k_forget_looks && next != by_age_.end(); ++looks) {
    TopicRecord& record = **next++;
    if (is_in_use(record)) {
      // In use: look at it again when its turn comes round.
      by_age_.splice(by_age_.end(), by_age_, record.by_age);
      continue;
    }
    return forget(record);
  }
}

void TopicIndex::halve() {
  auto next = by_age_.begin();
  for (std::size_t looks = (by_age_.size() + 1) / 2; looks > 0; --looks) {
    TopicRecord& record = **next++;
    // As above, or what is in use would come to fill the quieter half.
    if (is_in_use(record)) {
      by_age_.splice(by_age_.end(), by_age_, record.by_age);
    } else {
      forget(record);
    }
  }
}

void TopicIndex::forget(TopicRecord& record) {
  on_forget_(record);
  const std::size_t kind = model::index_of(record.topic.kind);
  slots_[kind][record.slot] = nullptr;
  free_slots_[kind].push_back(record.slot);
  by_age_.erase(record.by_age);
  records_.erase(model::Topic(record.topic));
}

}  // namespace rt::hub
