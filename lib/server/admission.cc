// SPDX-License-Identifier: MIT
#include "server/admission.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "server/client_address.h"

namespace rt::server {

namespace {

using std::chrono::seconds;

// When it is worth trying again is not known: somebody has to leave.
constexpr seconds k_retry_server{5};
constexpr seconds k_retry_client{10};

// Room is reckoned in thousandths of an event, which a rate in events per second gives back by the
// millisecond.
constexpr std::uint64_t k_event = 1000;
// So that no sum of these overflows.
constexpr std::uint64_t k_rate_max = 1'000'000'000;
constexpr std::uint64_t k_events_max = 1'000'000'000;
// How many tokens that published are remembered before those that owe nothing are looked for.
constexpr std::size_t k_publishers_min = 1024;

// A site gets 64 bits or more and hands out the rest as it likes: by single addresses it could not be
// limited.
constexpr std::size_t k_ipv6_site_bytes = 8;

std::uint64_t value_of(const Limits& limits, Limit limit) {
  switch (limit) {
    case Limit::clients:
      return limits.clients;
    case Limit::user:
      return limits.clients_per_user;
    case Limit::topic:
      return limits.clients_per_topic;
    case Limit::ip:
      return limits.clients_per_ip;
    case Limit::publish_rate:
      return limits.publish_rate;
    case Limit::memory:
      break;
  }
  return limits.memory_bytes;
}

// "--max-clients-per-user (5)"
std::string named(const Limits& limits, Limit limit) {
  return "--" + std::string(name_of(limit)) + " (" + std::to_string(value_of(limits, limit)) + ')';
}

LimitReached memory_reached(const Limits& limits) {
  return {Limit::memory,
          "the server uses more memory than " + named(limits, Limit::memory) + " allows; try again later",
          k_retry_server};
}

LimitReached clients_reached(const Limits& limits) {
  return {
      Limit::clients,
      "the server has as many streams open as " + named(limits, Limit::clients) + " allows; try again later",
      k_retry_server};
}

// `key`: as keys_of() makes it.
LimitReached keyed_reached(const Limits& limits, Limit limit, std::string_view key) {
  const std::string allows = " as many streams open as " + named(limits, limit) + " allows; ";
  if (limit == Limit::topic)
    return {limit, std::string(key.substr(1)) + " has" + allows + "try again when others have left",
            k_retry_client};
  const std::string who = limit == Limit::user ? "this user has" : "this address has";
  return {limit, who + allows + "close one of them first", k_retry_client};
}

LimitReached rate_reached(const Limits& limits, std::uint64_t owed, std::uint64_t rate) {
  const std::uint64_t wait_ms = (owed + rate - 1) / rate;
  const seconds wait = std::max(seconds(1), std::chrono::ceil<seconds>(std::chrono::milliseconds(wait_ms)));
  return {Limit::publish_rate,
          "this token has published as much as " + named(limits, Limit::publish_rate) +
              " events per second allows; send the next in " + std::to_string(wait.count()) + " s",
          wait};
}

// An address in the table: as it is, or of IPv6 what a whole site has in common. A peer without one is "".
std::string address_key(std::string_view text) {
  const auto address = parse_ip_address(text);
  if (!address) return std::string(text);
  return {address->begin(), is_ipv4(*address) ? address->end() : address->begin() + k_ipv6_site_bytes};
}

}  // namespace

std::string_view name_of(Limit limit) {
  switch (limit) {
    case Limit::clients:
      return "max-clients";
    case Limit::user:
      return "max-clients-per-user";
    case Limit::topic:
      return "max-clients-per-topic";
    case Limit::ip:
      return "max-clients-per-ip";
    case Limit::publish_rate:
      return "publish-rate";
    case Limit::memory:
      break;
  }
  return "max-memory";
}

http::Response response_for(const LimitReached& reached) {
  const bool of_server = reached.limit == Limit::clients || reached.limit == Limit::memory;
  http::Response response = http::problem(of_server ? 503 : 429, reached.detail);
  response.fields.emplace_back("Retry-After", std::to_string(reached.retry_after.count()));
  return response;
}

// What the lock guards.
struct Admission::Tables {
  // What a token has used up of its second, in thousandths of an event; more than fits there is owed.
  struct Published {
    std::uint64_t used = 0;
    base::SteadyTime as_of{};

    std::uint64_t used_at(base::SteadyTime now, std::uint64_t rate) const {
      if (now <= as_of) return used;
      const auto passed_ms = static_cast<std::uint64_t>((now - as_of).count());
      return passed_ms > used / rate ? 0 : used - passed_ms * rate;
    }
  };

  void forget_idle(std::uint64_t rate, base::SteadyTime now) {
    std::erase_if(published, [&](const auto& entry) { return entry.second.used_at(now, rate) == 0; });
    look_at_size = std::max(k_publishers_min, 2 * published.size());
  }

  std::mutex mutex;
  std::unordered_map<std::string, std::uint64_t> streams;  // open, by key
  std::unordered_map<std::uint64_t, Published> published;  // by the token's fingerprint
  std::size_t look_at_size = k_publishers_min;             // of `published`, when to forget
};

Admission::Admission(std::atomic<std::uint64_t>& streams, std::unique_ptr<MemoryWatch> memory)
    : streams_(streams), memory_(std::move(memory)), tables_(std::make_unique<Tables>()) {}

Admission::~Admission() = default;

std::size_t Admission::entry_count() const {
  const std::lock_guard lock(tables_->mutex);
  return tables_->streams.size() + tables_->published.size();
}

// The first character tells the kinds apart.
std::vector<std::pair<Limit, std::string>> Admission::keys_of(const Limits& limits, const auth::Token& token,
                                                              const auth::Subscription& subscription,
                                                              std::string_view address) {
  const auto is_counted = [&](Limit limit) {
    std::atomic<bool>& counted = counted_[static_cast<std::size_t>(limit)];
    if (value_of(limits, limit) != 0) counted.store(true, std::memory_order_relaxed);
    return counted.load(std::memory_order_relaxed);
  };
  std::vector<std::pair<Limit, std::string>> keys;
  if (is_counted(Limit::user)) {
    keys.emplace_back(Limit::user,
                      token.subject.empty() ? 'f' + std::to_string(token.fingerprint) : 's' + token.subject);
  }
  if (is_counted(Limit::ip)) keys.emplace_back(Limit::ip, 'i' + address_key(address));
  if (is_counted(Limit::topic)) {
    for (const model::Kind kind : subscription.kinds())
      keys.emplace_back(Limit::topic, 't' + model::to_string(model::TopicPattern{kind, std::nullopt}));
    for (const model::Topic& topic : subscription.topics())
      keys.emplace_back(Limit::topic, 't' + model::to_string(topic));
  }
  return keys;
}

// Never one too many, not even for a moment: what is refused must not stand in another's way.
bool Admission::take_total(const Limits& limits) {
  std::uint64_t open = streams_.load();
  do {
    if (limits.clients != 0 && open >= limits.clients) return false;
  } while (!streams_.compare_exchange_weak(open, open + 1));
  return true;
}

std::expected<Admission::Place, LimitReached> Admission::admit(const Limits& limits, const auth::Token& token,
                                                               const auth::Subscription& subscription,
                                                               std::string_view address,
                                                               base::SteadyTime now) {
  if (memory_->is_over(limits.memory_bytes, now)) return std::unexpected(memory_reached(limits));
  auto keys = keys_of(limits, token, subscription, address);
  if (keys.empty()) {
    if (!take_total(limits)) return std::unexpected(clients_reached(limits));
    return Place(*this);
  }
  std::vector<Entry*> entries;
  entries.reserve(keys.size());
  const std::lock_guard lock(tables_->mutex);
  for (const auto& [limit, key] : keys) {
    const auto found = tables_->streams.find(key);
    const std::uint64_t open = found == tables_->streams.end() ? 0 : found->second;
    if (const std::uint64_t most = value_of(limits, limit); most != 0 && open >= most)
      return std::unexpected(keyed_reached(limits, limit, key));
  }
  if (!take_total(limits)) return std::unexpected(clients_reached(limits));
  for (auto& [limit, key] : keys) {
    Entry& entry = *tables_->streams.try_emplace(std::move(key)).first;
    ++entry.second;
    entries.push_back(&entry);
  }
  Place place(*this);
  place.entries_ = std::move(entries);
  return place;
}

void Admission::leave(const std::vector<Entry*>& entries) {
  if (entries.empty()) {
    --streams_;
    return;
  }
  const std::lock_guard lock(tables_->mutex);
  for (Entry* entry : entries)
    if (--entry->second == 0) tables_->streams.erase(tables_->streams.find(entry->first));
  --streams_;
}

std::expected<void, LimitReached> Admission::take_publishes(const Limits& limits, const auth::Token& token,
                                                            std::uint64_t events, base::SteadyTime now) {
  if (memory_->is_over(limits.memory_bytes, now)) return std::unexpected(memory_reached(limits));
  if (limits.publish_rate == 0) return {};
  const std::uint64_t rate = std::min(limits.publish_rate, k_rate_max);
  const std::lock_guard lock(tables_->mutex);
  if (tables_->published.size() >= tables_->look_at_size) tables_->forget_idle(rate, now);
  Tables::Published& published = tables_->published[token.fingerprint];
  const std::uint64_t used = published.used_at(now, rate);
  const std::uint64_t room = rate * k_event;
  if (used + k_event > room) return std::unexpected(rate_reached(limits, used + k_event - room, rate));
  published = {used + std::min(events, k_events_max) * k_event, std::max(now, published.as_of)};
  return {};
}

}  // namespace rt::server
