// SPDX-License-Identifier: MIT
#include "model/topic.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rt::model {

namespace {

using base::ErrorKind;
using base::fail;

constexpr std::size_t k_id_length_max = 128;
constexpr std::string_view k_any = "*";

bool is_id_character(char c) {
  const char lower = base::ascii_lower(c);
  return base::is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '.' || c == '_' || c == '~' ||
         c == ':' || c == '-';
}

std::string known_plurals(std::string_view before, std::string_view after) {
  std::string out;
  for (const Resource& resource : k_resources) {
    if (!out.empty()) out += ", ";
    out.append(before).append(resource.plural).append(after);
  }
  return out;
}

// "orders/O-1" into its resource and the text after the slash.
struct Halves {
  const Resource* resource;
  std::string_view id;
};

base::Result<Halves> split_topic(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view plural = text.substr(0, slash);
  const Resource* const resource = find_by_plural(plural);
  if (resource == nullptr) {
    std::array<std::string_view, k_kind_count> plurals;
    std::ranges::transform(k_resources, plurals.begin(), &Resource::plural);
    const std::string_view near = base::nearest(plural, plurals);
    return fail(ErrorKind::invalid, "topic '" + base::printable(text) + "' is of no known kind",
                near.empty() ? "topics are " + known_plurals("", "/ID")
                             : "did you mean '" + std::string(near) + "/...'?");
  }
  if (slash == std::string_view::npos) {
    return fail(ErrorKind::invalid, "topic '" + base::printable(text) + "' has no id",
                "write " + std::string(plural) + "/ID");
  }
  return Halves{resource, text.substr(slash + 1)};
}

base::Result<Topic> topic_of(std::string_view text, const Halves& halves) {
  if (!is_valid_id(halves.id)) {
    return fail(ErrorKind::invalid, "topic '" + base::printable(text) + "' has an id that is not valid",
                "an id is 1 to 128 characters of A-Z a-z 0-9 . _ ~ : -");
  }
  return Topic{halves.resource->kind, std::string(halves.id)};
}

}  // namespace

bool is_valid_id(std::string_view id) {
  return !id.empty() && id.size() <= k_id_length_max && std::ranges::all_of(id, is_id_character);
}

base::Result<Topic> parse_topic(std::string_view text) {
  const base::Result<Halves> halves = split_topic(text);
  if (!halves) return std::unexpected(halves.error());
  return topic_of(text, *halves);
}

std::string to_string(const Topic& topic) {
  return std::string(resource_of(topic.kind).plural).append("/").append(topic.id);
}

std::string stream_path(const Topic& topic) {
  const Resource& resource = resource_of(topic.kind);
  // A valid id needs no percent-encoding.
  return std::string(k_url_prefix)
      .append("/")
      .append(resource.plural)
      .append("/")
      .append(topic.id)
      .append("/")
      .append(resource.url_suffix);
}

base::Result<TopicPattern> parse_topic_pattern(std::string_view text) {
  if (text == k_any) return TopicPattern{};
  const base::Result<Halves> halves = split_topic(text);
  if (!halves) return std::unexpected(halves.error());
  if (halves->id == k_any) return TopicPattern{halves->resource->kind, std::nullopt};
  const base::Result<Topic> topic = topic_of(text, *halves);
  if (!topic) return std::unexpected(topic.error());
  return pattern_of(*topic);
}

TopicPattern pattern_of(const Topic& topic) {
  return {topic.kind, topic.id};
}

std::string to_string(const TopicPattern& pattern) {
  if (!pattern.kind) return std::string(k_any);
  return std::string(resource_of(*pattern.kind).plural).append("/").append(pattern.id ? *pattern.id : k_any);
}

bool matches(const TopicPattern& pattern, const Topic& topic) {
  return (!pattern.kind || *pattern.kind == topic.kind) && (!pattern.id || *pattern.id == topic.id);
}

std::optional<TopicPattern> intersect(const TopicPattern& a, const TopicPattern& b) {
  if (a.kind && b.kind && *a.kind != *b.kind) return std::nullopt;
  if (a.id && b.id && *a.id != *b.id) return std::nullopt;
  return TopicPattern{a.kind ? a.kind : b.kind, a.id ? a.id : b.id};
}

}  // namespace rt::model
