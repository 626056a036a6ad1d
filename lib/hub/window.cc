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

void Window::append(store::FramePtr frame, TopicRecord& record, Chain& kind, base::SteadyTime now) {
  const Seq seq = end_++;
  bytes_ += frame->bytes.size();
  entries_.push_back(Entry{std::move(frame), &record, &kind, now, {}, {}, nullptr});
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

void Window::cut(sse::EventId position, base::SteadyTime now) {
  while (!entries_.empty()) evict_first();
  floor_ = position;
  floor_appended_at_ = now;
}

const DeflatedText& Window::deflated(Seq seq, Seq before, EventNames names, Deflater& deflater) {
  Entry& at = entry(seq);
  if (!at.deflated) at.deflated = std::make_unique<Deflated>();
  const auto by_names = static_cast<std::size_t>(names);
  Seq& known_before = at.deflated->before[by_names];
  if (known_before == 0 && holds(before)) known_before = before;
  const bool refers = before != 0 && before == known_before && holds(before);
  auto& made = (refers ? at.deflated->after : at.deflated->alone).by_names[by_names];
  if (!made) {
    std::string text;
    append_event(text, *at.frame, names);
    std::string text_before;
    if (refers) append_event(text_before, frame(before), names);
    made = deflater.deflate(text, text_before);
    bytes_ += made->blocks.size();
  }
  return *made;
}

// Of the event's frame and of what was made from it.
std::size_t Window::bytes_of(const Entry& entry) {
  std::size_t bytes = entry.frame->bytes.size();
  if (!entry.deflated) return bytes;
  for (const Deflations* made : {&entry.deflated->alone, &entry.deflated->after})
    for (const auto& text : made->by_names)
      if (text) bytes += text->blocks.size();
  return bytes;
}

void Window::evict_first() {
  Entry& first = entries_.front();
  const auto leave = [&](Chain& chain, Link link) {
    chain.first = first.next[static_cast<std::size_t>(link)];
    if (chain.first == 0) chain.last = 0;
    ++chain.evicted;
    chain.evicted_up_to = first.frame->id;
  };
  leave(first.record->chain, Link::topic);
  leave(*first.kind, Link::kind);
  floor_ = first.frame->id;
  floor_appended_at_ = first.appended_at;
  bytes_ -= bytes_of(first);
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
