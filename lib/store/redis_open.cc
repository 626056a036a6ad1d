// SPDX-License-Identifier: MIT
// How a RedisEngine comes up: what the stream holds is read from its new end to its old.
#include <algorithm>
#include <thread>
#include <unordered_set>

#include "base/text.h"
#include "store/redis_engine.h"

namespace rt::store {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_connect_patience{2'000};
constexpr milliseconds k_page_patience{5'000};
// A Redis that starts together with us may need a moment.
constexpr milliseconds k_open_patience{5'000};
constexpr milliseconds k_open_pause{100};
// How far before the retained events the newest of other topics are looked for.
constexpr std::uint64_t k_entries_before_max = 1'000'000;

RedisTime in(milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

// Walks back through the stream.
class Recall {
 public:
  Recall(const Retention& retention, std::uint64_t oldest_ms)
      : retention_(retention), oldest_ms_(oldest_ms) {}

  // Takes the entry before those that were taken; false when no more are needed.
  bool take(StreamEntry& entry) {
    if (!origin_ && entry.frame && held_.recent.size() < retention_.events && entry.id.ms >= oldest_ms_) {
      seen_.insert(entry.frame->topic);
      held_.recent.push_back(std::move(entry.frame));
      return true;
    }
    if (!entry.wrong.empty()) return true;
    // The event before the first that is retained, or what began the stream.
    if (!origin_) origin_ = entry.id;
    if (entry.frame && held_.newest.size() < k_quiet_topics_max && seen_.insert(entry.frame->topic).second)
      held_.newest.push_back(std::move(entry.frame));
    return ++before_ < k_entries_before_max;
  }

  Recollection finish(sse::EventId last) {
    const sse::EventId begin = held_.recent.empty() ? last : id_before(held_.recent.back()->id);
    held_.origin = origin_.value_or(begin);
    std::ranges::reverse(held_.recent);
    std::ranges::reverse(held_.newest);
    return std::move(held_);
  }

 private:
  Retention retention_;
  std::uint64_t oldest_ms_;
  std::optional<sse::EventId> origin_;
  Recollection held_;
  std::unordered_set<model::Topic> seen_;
  std::uint64_t before_ = 0;
};

struct Read {
  Recollection held;
  StreamPlace place;
};

std::expected<std::uint64_t, RedisFault> time_in_redis(RedisConnection& connection) {
  auto reply = connection.ask({"TIME"}, in(k_page_patience));
  if (!reply) return std::unexpected(reply.error());
  const auto seconds = base::parse_unsigned(reply->value()[0].text().value_or(""));
  if (!seconds) return std::unexpected(k_redis_nonsense);
  return *seconds * 1000;
}

std::expected<Read, RedisFault> read_all(RedisConnection& connection, const Retention& retention) {
  const auto script = load_script(connection, k_read_script, in(k_connect_patience));
  if (!script) return std::unexpected(script.error());
  const auto now_ms = time_in_redis(connection);
  if (!now_ms) return std::unexpected(now_ms.error());
  auto page = read_backwards(connection, *script, std::nullopt, in(k_page_patience));
  // The place from which the follower goes on is to be an entry's.
  if (page && (!page->exists || page->entries.empty() || page->entries.front().id != page->last)) {
    if (auto begun = begin_stream(connection, page->last, in(k_page_patience)); !begun)
      return std::unexpected(begun.error());
    page = read_backwards(connection, *script, std::nullopt, in(k_page_patience));
  }
  if (!page) return std::unexpected(page.error());
  if (page->entries.empty()) return std::unexpected(k_redis_nonsense);
  Read read;
  read.place = {page->entries.front().id, page->end_mark, page->added};
  const auto age = static_cast<std::uint64_t>(retention.age.count());
  Recall recall(retention, age == 0 || age > *now_ms ? 0 : *now_ms - age);
  while (true) {
    for (StreamEntry& entry : page->entries) {
      if (!recall.take(entry)) page->is_last = true;
    }
    if (page->is_last) break;
    const sse::EventId oldest = page->entries.back().id;
    page = read_backwards(connection, *script, oldest, in(k_page_patience));
    if (!page) return std::unexpected(page.error());
    if (page->entries.empty()) break;
  }
  read.held = recall.finish(read.place.id);
  return read;
}

std::expected<Read, RedisFault> connect_and_read(const RedisAddress& address, const Retention& retention) {
  auto connection = RedisConnection::open(address, in(k_connect_patience), -1);
  if (!connection) return std::unexpected(connection.error());
  return read_all(**connection, retention);
}

}  // namespace

base::Result<Opened> open_redis(const RedisAddress& address, const Retention& retention,
                                const base::Clock& clock) {
  const RedisTime until = in(k_open_patience);
  auto read = connect_and_read(address, retention);
  while (!read && (read.error() == k_redis_unreachable || read.error() == fault_of_code("LOADING")) &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(k_open_pause);
    read = connect_and_read(address, retention);
  }
  if (!read)
    return base::fail(base::ErrorKind::unavailable,
                      "the store " + to_string(address) + " cannot be opened: " + read.error());
  return Opened{std::make_unique<RedisEngine>(address, retention, clock, read->place), std::move(read->held)};
}

}  // namespace rt::store
