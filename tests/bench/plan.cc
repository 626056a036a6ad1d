// SPDX-License-Identifier: MIT
#include "bench/plan.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "base/random.h"

namespace rt::bench {

namespace {

constexpr std::string_view k_stamp_key = "\"stamp\":\"";
constexpr std::size_t k_lane_digits = 5;
constexpr std::size_t k_seq_digits = 7;
constexpr std::size_t k_time_digits = 12;
constexpr std::size_t k_stamp_digits = k_lane_digits + k_seq_digits + k_time_digits;

constexpr std::array<std::string_view, 32> k_words = {
    "apple", "bread",  "carton", "dozen",     "eggs",    "flour",  "grapes", "honey",
    "jam",   "kettle", "lemon",  "milk",      "noodles", "olives", "pasta",  "quince",
    "rice",  "salt",   "tea",    "vinegar",   "water",   "yeast",  "street", "avenue",
    "floor", "bell",   "gate",   "reception", "fragile", "cold",   "heavy",  "signed"};

std::uint64_t monotonic_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

void write_digits(char*& at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 4U) at[i] = "0123456789abcdef"[value & 0xfU];
  at += digits;
}

std::uint64_t read_digits(std::string_view& text, std::size_t digits) {
  std::uint64_t value = 0;
  for (const char c : text.substr(0, digits)) {
    value = value << 4U | static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  text.remove_prefix(digits);
  return value;
}

std::string decimal(double value, int places) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", places, value);
  return text.data();
}

std::string item(base::Random& random) {
  const auto word = [&random] { return std::string(k_words[random.below(k_words.size())]); };
  return R"({"sku":")" + std::to_string(100'000 + random.below(900'000)) + R"(","name":")" + word() + ' ' +
         word() + R"(","quantity":)" + std::to_string(1 + random.below(9)) + R"(,"price":)" +
         decimal(random.unit() * 90, 2) + R"(,"note":")" + word() + ' ' + word() + "\"}";
}

// What an order says of itself, until it is long enough.
std::string order_members(std::uint32_t bytes, base::Random& random) {
  std::string json = R"(,"status":"IN_PROGRESS","items":[)";
  while (json.size() + 120 < bytes) json += item(random) + ',';
  return json + item(random) + "]";
}

std::string position_members(base::Random& random) {
  return R"(,"latitude":)" + decimal(43.5 + random.unit(), 6) + R"(,"longitude":)" +
         decimal(-79.5 + random.unit(), 6) + R"(,"heading":)" + std::to_string(random.below(360)) +
         R"(,"speed":)" + decimal(random.unit() * 90, 1);
}

}  // namespace

std::uint64_t now_ns() {
  static const std::uint64_t start = monotonic_ns();
  return monotonic_ns() - start;
}

std::optional<Stamp> find_stamp(std::string_view json) {
  const std::size_t at = json.find(k_stamp_key);
  if (at == std::string_view::npos || json.size() < at + k_stamp_key.size() + k_stamp_digits)
    return std::nullopt;
  json.remove_prefix(at + k_stamp_key.size());
  Stamp stamp;
  stamp.lane = static_cast<std::uint32_t>(read_digits(json, k_lane_digits));
  stamp.seq = static_cast<std::uint32_t>(read_digits(json, k_seq_digits));
  stamp.sent_ns = read_digits(json, k_time_digits);
  return stamp;
}

void write_stamp(char* at, const Stamp& stamp) {
  write_digits(at, k_lane_digits, stamp.lane);
  write_digits(at, k_seq_digits, stamp.seq);
  write_digits(at, k_time_digits, stamp.sent_ns);
}

std::vector<std::uint32_t> Plan::lanes_of_publisher(std::uint32_t publisher) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t lane = publisher; lane < lanes(); lane += publishers) found.push_back(lane);
  return found;
}

std::vector<std::uint32_t> Plan::lanes_of_topic(std::uint32_t topic) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t lane = topic; lane < lanes(); lane += topics) found.push_back(lane);
  return found;
}

std::string Plan::topic_id(std::uint32_t topic) const {
  std::array<char, 16> id{};
  std::snprintf(id.data(), id.size(), "B-%05x", topic);
  return id.data();
}

std::string Plan::topic_path(std::uint32_t topic) const {
  const model::Resource& resource = model::resource_of(kind);
  return std::string(model::k_url_prefix) + '/' + topic_name(topic) + '/' + std::string(resource.url_suffix);
}

std::string Plan::publish_path(std::uint32_t topic) const {
  return is_plain() ? publish_prefix + topic_id(topic) : topic_path(topic);
}

std::string Plan::topic_name(std::uint32_t topic) const {
  return std::string(model::resource_of(kind).plural) + '/' + topic_id(topic);
}

std::string Plan::wildcard() const {
  return std::string(model::resource_of(kind).plural) + "/*";
}

Plan::Text Plan::payload(std::uint32_t lane) const {
  base::Random random(lane + 1);
  Text text{"{" + std::string(k_stamp_key), 0};
  text.stamp_at = text.json.size();
  text.json += std::string(k_stamp_digits, '0') + '"';
  const bool is_position = model::resource_of(kind).payload == model::Payload::position;
  text.json += is_position ? position_members(random) : order_members(payload_bytes, random);
  text.json += '}';
  return text;
}

Plan::Text Plan::line(std::uint32_t lane) const {
  const model::Resource& resource = model::resource_of(kind);
  const Text inner = payload(lane);
  std::string json = R"({"type":")" + std::string(resource.event_type) + R"(",")" +
                     std::string(resource.id_key) + R"(":")" + topic_id(topic_of(lane)) + R"(",")" +
                     std::string(resource.payload_key) + R"(":)";
  const std::size_t stamp_at = json.size() + inner.stamp_at;
  return {json + inner.json + "}\n", stamp_at};
}

std::string multi_path(const std::vector<std::string>& topic_names) {
  std::string path = std::string(model::k_url_prefix) + "/stream";
  char separator = '?';
  for (const std::string& name : topic_names) {
    path += separator + std::string("topic=") + name;
    separator = '&';
  }
  return path;
}

std::string events_path() {
  return std::string(model::k_url_prefix) + "/events";
}

}  // namespace rt::bench
