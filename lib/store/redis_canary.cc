// SPDX-License-Identifier: MIT
#include "store/redis_canary.h"

#include "base/text.h"
#include "store/redis_stream.h"

namespace rt::store {

namespace {

constexpr std::string_view k_instance = "instance";
constexpr std::string_view k_number = "n";
constexpr std::string_view k_census = "census";

// What an instance name and a number of instances may be: the stream is anybody's to write to.
constexpr std::size_t k_name_bytes_max = 64;
constexpr std::size_t k_peers_max = 1'000;

std::string census_text(const Census& census) {
  std::string text = std::to_string(census.streams);
  for (const std::uint64_t count : census.subscriptions) text += ' ' + std::to_string(count);
  return text;
}

std::optional<Census> parse_census(std::string_view text) {
  Census census;
  const auto words = base::split(text, ' ');
  if (words.size() != 1 + census.subscriptions.size()) return std::nullopt;
  constexpr std::uint64_t k_count_max = 1'000'000'000'000;  // so that no sum overflows
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto number = base::parse_unsigned(words[at]);
    if (!number || *number > k_count_max) return std::nullopt;
    (at == 0 ? census.streams : census.subscriptions[at - 1]) = *number;
  }
  return census;
}

}  // namespace

void send_canary(RedisConnection& connection, const Canary& canary) {
  const std::string n = std::to_string(canary.n);
  const std::string census = canary.census ? census_text(*canary.census) : "";
  connection.send({"XADD", k_instances_key, "MAXLEN", "~", "1000", "*", k_instance, canary.instance, k_number,
                   n, k_census, census});
  connection.send({"PEXPIRE", k_instances_key, "60000"});
}

std::optional<Canary> read_canary(RedisValue fields) {
  Canary canary;
  bool has_number = false;
  const std::size_t count = fields.size().value_or(0);
  for (std::size_t at = 0; at + 1 < count; at += 2) {
    const auto name = fields[at].text();
    const auto value = fields[at + 1].text();
    if (!name || !value) return std::nullopt;
    if (*name == k_instance) canary.instance = *value;
    if (*name == k_census) canary.census = parse_census(*value);
    if (*name == k_number) {
      const auto number = base::parse_unsigned(*value);
      has_number = number.has_value();
      canary.n = number.value_or(0);
    }
  }
  if (canary.instance.empty() || canary.instance.size() > k_name_bytes_max || !has_number)
    return std::nullopt;
  return canary;
}

void Peers::note(const Canary& canary, RedisTime now) {
  if (!canary.census || (peers_.size() >= k_peers_max && !peers_.contains(canary.instance))) return;
  peers_[canary.instance] = {*canary.census, now};
  publish();
}

void Peers::forget_gone(RedisTime now) {
  if (std::erase_if(peers_, [now](const auto& peer) { return peer.second.seen + k_peer_kept < now; }) > 0)
    publish();
}

void Peers::publish() {
  Census all;
  for (const auto& [name, peer] : peers_) {
    all.streams += peer.census.streams;
    for (std::size_t kind = 0; kind < all.subscriptions.size(); ++kind)
      all.subscriptions[kind] += peer.census.subscriptions[kind];
  }
  streams_ = all.streams;
  instances_ = peers_.size();
  for (std::size_t kind = 0; kind < all.subscriptions.size(); ++kind)
    subscriptions_[kind] = all.subscriptions[kind];
}

Census Peers::sum() const {
  Census all;
  all.streams = streams_;
  all.instances = instances_;
  for (std::size_t kind = 0; kind < all.subscriptions.size(); ++kind)
    all.subscriptions[kind] = subscriptions_[kind];
  return all;
}

}  // namespace rt::store
