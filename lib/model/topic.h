// SPDX-License-Identifier: MIT
// Topic: one order, run or driver, written `orders/O-1`. TopicPattern: a topic, all of a kind (`drivers/*`),
// or everything (`*`). Pure values; any thread. Who may read a topic is auth's business.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/resource.h"

namespace rt::model {

// 1 to 128 characters of A-Z a-z 0-9 . _ ~ : -
bool is_valid_id(std::string_view id);

struct Topic {
  Kind kind = Kind::order;
  std::string id;
  auto operator<=>(const Topic&) const = default;
};

// Errors are of kind invalid, with the nearest kind or the shape of a topic as hint.
base::Result<Topic> parse_topic(std::string_view text);
std::string to_string(const Topic& topic);
// "/api/v1/realtime/orders/O-1/stream"
std::string stream_path(const Topic& topic);

struct TopicPattern {
  std::optional<Kind> kind;       // nothing: every kind
  std::optional<std::string> id;  // nothing: every id; never set without a kind
  auto operator<=>(const TopicPattern&) const = default;
};

base::Result<TopicPattern> parse_topic_pattern(std::string_view text);
TopicPattern pattern_of(const Topic& topic);
std::string to_string(const TopicPattern& pattern);
bool matches(const TopicPattern& pattern, const Topic& topic);
// What both let through; nothing when they have no topic in common. (Patterns are closed under this.)
std::optional<TopicPattern> intersect(const TopicPattern& a, const TopicPattern& b);

}  // namespace rt::model

template <>
struct std::hash<rt::model::Topic> {
  std::size_t operator()(const rt::model::Topic& topic) const noexcept {
    return std::hash<std::string_view>{}(topic.id) * 3 + rt::model::index_of(topic.kind);
  }
};
