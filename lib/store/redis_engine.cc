// SPDX-License-Identifier: MIT
#include "store/redis_engine.h"

#include <algorithm>
#include <array>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "store/redis_entry.h"

namespace rt::store {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_patience{250};
// Beyond that, for what much work takes: Redis adds more than a hundred events in a millisecond.
constexpr std::uint64_t k_events_per_ms = 20;
constexpr std::uint64_t k_bytes_per_ms = 20'000;

// Kept besides, so that a burst of events does not push out what others have not read yet.
constexpr std::uint64_t k_events_ahead = 10'000;

constexpr milliseconds k_start_patience{2'000};
constexpr RedisFault k_stream_gone = "the stream in Redis is gone; it is begun anew";

RedisTime time_for(const std::vector<Entry>& entries) {
  std::uint64_t events = 0, bytes = 0;
  for (const Entry& entry : entries) {
    events += entry.events.size();
    for (const model::Event& event : entry.events) bytes += event.payload.size();
  }
  return std::chrono::steady_clock::now() + k_patience +
         milliseconds(events / k_events_per_ms + bytes / k_bytes_per_ms);
}

// An entry's name and value are bounded where they are read; what would be passed over there is refused here.
bool is_too_large(const Entry& entry) {
  constexpr std::size_t k_besides = 512;  // the topic and a timestamp
  return std::ranges::any_of(entry.events, [](const model::Event& event) {
    return event.payload.size() + k_besides > k_entry_bytes_max;
  });
}

bool is_alone(const Entry& entry) {
  return entry.events.size() == 1 && entry.idempotency_key.empty();
}

std::unexpected<base::Error> unavailable(RedisFault why) {
  return base::fail(base::ErrorKind::unavailable, why);
}

// "ACCEPTED MS-N SUBSCRIBERS", as the script keeps it.
std::optional<Receipt> parse_receipt(std::string_view text) {
  const auto words = base::split(text, ' ');
  if (words.size() != 3) return std::nullopt;
  const auto accepted = base::parse_unsigned(words[0]);
  const auto id = sse::parse_event_id(words[1]);
  const auto subscribers = base::parse_unsigned(words[2]);
  if (!accepted || !id || !subscribers) return std::nullopt;
  return Receipt{*accepted, *id, *subscribers};
}

}  // namespace

void RedisEngine::start(std::function<void(Arrival)> arrive, std::function<Census()> census) {
  census_ = std::move(census);
  follower_.start(std::move(arrive));
  const RedisTime until = std::chrono::steady_clock::now() + k_start_patience;
  while (trouble() != nullptr && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(milliseconds(1));
}

const char* RedisEngine::trouble() const {
  const RedisFault why = follower_.trouble();
  return why != nullptr ? why : refusal_.load();
}

// Null while there is no link.
RedisWriter* RedisEngine::writer() {
  if (auto fresh = follower_.take_writer()) writer_ = std::move(fresh);
  if (follower_.trouble() != nullptr) return nullptr;
  return writer_.get();
}

// --- appending

Engine::Appended RedisEngine::append(std::vector<Entry> entries) {
  Appended appended;
  const RedisTime until = time_for(entries);
  const base::SteadyTime now = clock_.steady();
  std::vector<std::size_t> sent;
  RedisWriter* const to = writer();
  for (std::size_t at = 0; at < entries.size(); ++at) {
    const std::string& key = entries[at].idempotency_key;
    if (const Receipt* known = key.empty() ? nullptr : idempotency_.find(key, now)) {
      appended.receipts.emplace_back(*known);
    } else if (to == nullptr) {
      const RedisFault why = trouble();
      appended.receipts.emplace_back(unavailable(why != nullptr ? why : k_redis_lost));
    } else if (is_too_large(entries[at])) {
      appended.receipts.emplace_back(unavailable("an event of more than 8 MiB cannot be kept in Redis"));
    } else {
      send(entries[at]);
      sent.push_back(at);
      appended.receipts.emplace_back(Receipt{});
    }
  }
  for (const std::size_t at : sent) {
    appended.receipts[at] = take_reply(entries[at], until);
    if (!appended.receipts[at] || entries[at].idempotency_key.empty()) continue;
    idempotency_.remember(entries[at].idempotency_key, *appended.receipts[at], now + k_idempotency_kept);
  }
  return appended;
}

// How many entries the stream may hold.
std::string RedisEngine::kept() const {
  return std::to_string(retention_.events + k_events_ahead);
}

void RedisEngine::send(const Entry& entry) {
  const std::string most = kept();
  if (is_alone(entry)) {
    const EntryFields fields = to_fields(entry.events.front());
    writer_->connection->send({"XADD", k_events_key, "NOMKSTREAM", "MAXLEN", "~", most, "*", "topic",
                               fields.topic, "data", fields.data});
    return;
  }
  const std::string receipt_key = std::string(k_receipt_prefix) + entry.idempotency_key;
  const std::string kept_ms = std::to_string(milliseconds(k_idempotency_kept).count());
  const std::string subscribers = std::to_string(entry.subscribers);
  std::vector<std::string_view> words = {"EVALSHA", writer_->publish_script};
  if (entry.idempotency_key.empty())
    words.insert(words.end(), {"1", k_events_key});
  else
    words.insert(words.end(), {"2", k_events_key, receipt_key});
  words.insert(words.end(), {most, kept_ms, subscribers});
  std::vector<EntryFields> all;
  all.reserve(entry.events.size());  // the words look into it
  for (const model::Event& event : entry.events) {
    all.push_back(to_fields(event));
    words.push_back(all.back().topic);
    words.push_back(all.back().data);
  }
  writer_->connection->send(words);
}

base::Result<Receipt> RedisEngine::take_reply(const Entry& entry, RedisTime until) {
  if (!writer_) return unavailable(k_redis_lost);  // broken off with one of the replies before
  auto reply = writer_->connection->receive(until);
  if (!reply) {
    break_off(reply.error());
    return unavailable(reply.error());
  }
  return receipt_of(entry, reply->value());
}

base::Result<Receipt> RedisEngine::receipt_of(const Entry& entry, RedisValue reply) {
  // A script that is forgotten comes again with a new link, for the follower's is gone, too.
  if (const auto code = reply.error_code()) return refuse(fault_of_code(*code));
  if (reply.is_nil()) return refuse(k_stream_gone);
  std::optional<Receipt> receipt;
  if (const auto text = reply.text(); text && !is_alone(entry)) {
    receipt = parse_receipt(*text);
  } else if (text) {
    if (const auto id = sse::parse_event_id(*text)) receipt = Receipt{1, *id, entry.subscribers};
  }
  if (!receipt) {
    break_off(k_redis_nonsense);
    return unavailable(k_redis_nonsense);
  }
  if (refusal_.exchange(nullptr) != nullptr) base::log(base::LogLevel::info, "the store takes events again");
  return *receipt;
}

std::unexpected<base::Error> RedisEngine::refuse(RedisFault why) {
  if (refusal_.exchange(why) != why)
    base::log(base::LogLevel::error, "the store cannot take events", {{"why", why}});
  return unavailable(why);
}

void RedisEngine::break_off(RedisFault why) {
  writer_.reset();
  refusal_ = nullptr;
  follower_.give_up(why);
}

// --- between turns

std::chrono::milliseconds RedisEngine::tidy() {
  if (writer() == nullptr) return k_canary_period;
  RedisConnection& connection = *writer_->connection;
  Canary canary = follower_.next_canary();
  if (census_) canary.census = census_();
  send_canary(connection, canary);
  // Other programs' entries do not trim the stream.
  connection.send({"XTRIM", k_events_key, "MAXLEN", "~", kept()});
  int replies = 2;
  const auto age = static_cast<std::uint64_t>(retention_.age.count());
  if (age > 0 && redis_ms_ > age) {
    connection.send({"XTRIM", k_events_key, "MINID", "~", std::to_string(redis_ms_ - age)});
    ++replies;
  }
  const RedisTime until = std::chrono::steady_clock::now() + k_patience;
  auto written = connection.receive(until);
  if (!written) {
    break_off(written.error());
    return k_canary_period;
  }
  if (const auto code = written->value().error_code()) {
    refuse(fault_of_code(*code));
  } else if (const auto id = sse::parse_event_id(written->value().text().value_or(""))) {
    redis_ms_ = id->ms;
    if (refusal_.exchange(nullptr) != nullptr)
      base::log(base::LogLevel::info, "the store takes events again");
  }
  for (; replies > 0; --replies) {
    if (const auto reply = connection.receive(until); !reply) {
      break_off(reply.error());
      return k_canary_period;
    }
  }
  return k_canary_period;
}

}  // namespace rt::store
