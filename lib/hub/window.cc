// SPDX-License-Identifier: MIT
#include "hub/window.h"

#include <algorithm>

#include "hub/topic_index.h"

namespace rt::hub {

void Window::link(Seq seq, Chain& chain, Link link) {
  const auto at = static_cast<std::size_t>(link);
  if (chain.last >= begin_) {
    entry(chain.last).next[at] = seq;
    entry(seq).previous[at] = chain.last;
  } else {
    chain.first = seq;
  }
  chain.last = seq;
  ++chain.appended;
}

void Window::append(store::FramePtr frame, TopicRecord& record, Chain& kind) {
  const Seq seq = end();
  bytes_ += frame->bytes.size();
  entries_.push_back(Entry{std::move(frame), &record, &kind, {}, {}});
  link(seq, record.chain, Link::topic);
  link(seq, kind, Link::kind);
  while (entries_.size() > limits_.events_max || (bytes_ > limits_.bytes_max && entries_.size() > 1))
    evict_first();
}

void Window::expire(std::uint64_t ms) {
  while (!entries_.empty() && entries_.front().frame->id.ms < ms) evict_first();
}

void Window::halve() {
  for (std::size_t count = (entries_.size() + 1) / 2; count > 0; --count) evict_first();
}

void Window::evict_first() {
  Entry& first = entries_.front();
  const auto leave = [&](Chain& chain, Link link) {
    chain.first = first.next[static_cast<std::size_t>(link)];
    if (chain.first == 0) chain.last = 0;
    ++chain.evicted;
  };
  leave(first.record->chain, Link::topic);
  leave(*first.kind, Link::kind);
  floor_ = first.frame->id;
  bytes_ -= first.frame->bytes.size();
  entries_.pop_front();
  ++begin_;
}

std::optional<Seq> Window::find(sse::EventId id) const {
  if (id == floor_) return begin_ - 1;
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), id,
                       [](const Entry& entry, sse::EventId wanted) { return entry.frame->id < wanted; });
  if (found == entries_.end() || found->frame->id != id) return std::nullopt;
  return begin_ + static_cast<Seq>(found - entries_.begin());
}

}  // namespace rt::hub
