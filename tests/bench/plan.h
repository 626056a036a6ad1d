// SPDX-License-Identifier: MIT
// Plan: who publishes what to which topic, and the stamp by which each event can be told from all others. The
// events of a topic go out on one or more lanes. A lane belongs to one publisher's connection and is counted
// from 1, so that its events have an order that the publisher knows. Immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/resource.h"

namespace rt::bench {

struct Stamp {
  std::uint32_t lane = 0;
  std::uint32_t seq = 0;
  std::uint64_t sent_ns = 0;
};

// Since this process started, by the monotonic clock.
std::uint64_t now_ns();

// In an event's JSON; nothing in a control message.
std::optional<Stamp> find_stamp(std::string_view json);
// Over the stamp that stands at `at`.
void write_stamp(char* at, const Stamp& stamp);

struct Plan {
  model::Kind kind = model::Kind::order;
  std::uint32_t topics = 1;
  std::uint32_t publishers = 1;
  std::uint32_t payload_bytes = 0;  // at least; filled up with what such an event might hold
  // Of a server that is no rtserve: a topic's id comes behind these. It sends the payloads alone, a message
  // each.
  std::string subscribe_prefix{};
  std::string publish_prefix{};

  bool is_plain() const { return !subscribe_prefix.empty(); }
  std::uint32_t lanes() const { return topics > publishers ? topics : publishers; }
  std::uint32_t topic_of(std::uint32_t lane) const { return lane % topics; }
  std::vector<std::uint32_t> lanes_of_publisher(std::uint32_t publisher) const;
  std::vector<std::uint32_t> lanes_of_topic(std::uint32_t topic) const;

  std::string topic_id(std::uint32_t topic) const;
  std::string topic_path(std::uint32_t topic) const;  // rtserve's URL to publish to and to follow
  std::string publish_path(std::uint32_t topic) const;
  std::string topic_name(std::uint32_t topic) const;  // "orders/B-00001"
  std::string wildcard() const;                       // "orders/*"

  // What is published on a lane, with room for a stamp.
  struct Text {
    std::string json;
    std::size_t stamp_at = 0;
  };
  Text payload(std::uint32_t lane) const;  // as the body of one publish
  Text line(std::uint32_t lane) const;     // the whole event, for publishing many at once
};

// The URL of a stream of several topics.
std::string multi_path(const std::vector<std::string>& topic_names);
std::string events_path();

}  // namespace rt::bench
