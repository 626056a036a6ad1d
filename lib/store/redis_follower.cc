// SPDX-License-Identifier: MIT
#include "store/redis_follower.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/log.h"
#include "base/text.h"

namespace rt::store {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds k_connect_patience{1'000};
constexpr milliseconds k_reply_patience{2'000};
// How long Redis holds a question for new entries.
constexpr milliseconds k_block{1'000};
// After what time a canary that has not come back means that nothing does.
constexpr milliseconds k_deaf_after{3'000};
// So that of several instances only the first finds the ids too low.
constexpr std::chrono::duration<std::uint64_t, std::milli> k_clock_margin{1'000};
constexpr milliseconds k_pause_first{50}, k_pause_max{2'000};
constexpr seconds k_wrong_logged_every{10};

RedisTime now() {
  return std::chrono::steady_clock::now();
}

std::string new_name() {
  return std::to_string(base::Random().next());
}

}  // namespace

RedisFollower::RedisFollower(RedisAddress address, StreamPlace place)
    : address_(std::move(address)),
      instance_(new_name()),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      place_(place),
      wrong_logged_(now() - k_wrong_logged_every) {
  if (stop_ < 0) std::abort();  // at start, before anybody is served
}

RedisFollower::~RedisFollower() {
  stopping_ = true;
  give_up(k_redis_stopped);
  if (thread_.joinable()) thread_.join();
  delete fresh_.exchange(nullptr);
  ::close(stop_);
}

void RedisFollower::start(std::function<void(Arrival)> arrive) {
  arrive_ = std::move(arrive);
  thread_ = std::thread([this] { run(); });
}

std::unique_ptr<RedisWriter> RedisFollower::take_writer() {
  return std::unique_ptr<RedisWriter>(fresh_.exchange(nullptr));
}

void RedisFollower::give_up(RedisFault why) {
  set_trouble(why);
  given_up_ = why;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = ::write(stop_, &one, sizeof one);
}

void RedisFollower::set_trouble(RedisFault why) {
  if (trouble_.exchange(why) == why || stopping_) return;
  if (why != nullptr)
    base::log(base::LogLevel::error, "the store cannot take events",
              {{"why", why}, {"redis", to_string(address_)}});
  else
    base::log(base::LogLevel::info, "the store takes events", {{"redis", to_string(address_)}});
}

void RedisFollower::run() {
  for (unsigned attempt = 0; !stopping_; ++attempt) {
    was_up_ = false;
    RedisFault why = follow();
    if (was_up_) attempt = 0;
    const RedisFault writers = given_up_.exchange(nullptr);
    // Of what the writer gave up, the word may come later than the reason.
    if (why == k_redis_stopped) why = writers != nullptr ? writers : trouble_.load();
    set_trouble(why != nullptr ? why : k_redis_lost);
    connection_.reset();
    delete fresh_.exchange(nullptr);
    if (!stopping_) pause(attempt);
  }
}

void RedisFollower::pause(unsigned attempt) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t ignored = ::read(stop_, &count, sizeof count);
  if (stopping_) return;
  const milliseconds full = std::min(k_pause_first * (1U << std::min(attempt, 10U)), k_pause_max);
  const milliseconds some(full / 2 +
                          milliseconds(random_.below(static_cast<std::uint64_t>(full.count() / 2))));
  pollfd waiting{stop_, POLLIN, 0};
  ::poll(&waiting, 1, static_cast<int>(some.count()));
}

// From the making of a link to its end; returns why it ended.
RedisFault RedisFollower::follow() {
  auto reading = RedisConnection::open(address_, now() + k_connect_patience, stop_);
  if (!reading) return reading.error();
  connection_ = *std::move(reading);
  auto script = load_script(*connection_, k_read_script, now() + k_reply_patience);
  if (!script) return script.error();
  read_script_ = *std::move(script);
  is_new_ = true;
  auto writer = open_writer();
  if (!writer) return writer.error();
  while (true) {
    const auto is_last = take_page();
    if (!is_last) return is_last.error();
    if (!*is_last) continue;
    if (auto waited = await_entries(); !waited) return waited.error();
    if (*writer && canary_seen_ != 0) {
      delete fresh_.exchange(writer->release());
      set_trouble(nullptr);
      was_up_ = true;
    }
    peers_.forget_gone(now());
    if (is_deaf(now())) return "what is written to Redis does not come back";
  }
}

// The first canary of a link goes out here.
std::expected<std::unique_ptr<RedisWriter>, RedisFault> RedisFollower::open_writer() {
  const RedisTime until = now() + k_connect_patience;
  auto connection = RedisConnection::open(address_, until, stop_);
  if (!connection) return std::unexpected(connection.error());
  auto script = load_script(**connection, k_publish_script, until);
  if (!script) return std::unexpected(script.error());
  send_canary(**connection, next_canary());
  const auto id = (*connection)->receive(until);
  const auto expires = (*connection)->receive(until);
  if (!id || !expires) return std::unexpected(id ? expires.error() : id.error());
  if (const auto code = id->value().error_code()) return std::unexpected(fault_of_code(*code));
  const auto place = sse::parse_event_id(id->value().text().value_or(""));
  if (!place) return std::unexpected(k_redis_nonsense);
  canary_place_ = id_before(*place);
  canary_seen_ = 0;
  canary_awaited_ = canaries_;
  awaited_since_ = now();
  return std::make_unique<RedisWriter>(RedisWriter{*std::move(connection), *std::move(script)});
}

// The next page. A Redis that was failed over to may have a clock that is behind, and not have the last
// events: it would give others the ids that those had, and a client that has one of them would be taken for
// one that has the other. So ids go on above all that its predecessor can have given.
std::expected<StreamPage, RedisFault> RedisFollower::read_page() {
  const RedisTime asked = now();
  auto page = read_forwards(*connection_, read_script_, place_.id, asked + k_reply_patience);
  if (!page) return page;
  const std::uint64_t passed =
      static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(asked - redis_ms_seen_).count());
  const std::uint64_t expected_ms = redis_ms_ + passed;
  const bool is_behind =
      is_new_ && redis_ms_ != 0 && page->now_ms < expected_ms && page->last.ms < expected_ms;
  if (!is_behind) {
    is_new_ = false;
    redis_ms_ = page->now_ms;
    redis_ms_seen_ = now();
    return page;
  }
  base::log(base::LogLevel::warn, "the clock of Redis went back: ids go on above those of before",
            {{"redis", to_string(address_)}, {"milliseconds", expected_ms - page->now_ms}});
  const sse::EventId above{expected_ms + k_clock_margin.count(), 0};
  if (auto begun = begin_stream(*connection_, above, now() + k_reply_patience); !begun)
    return std::unexpected(begun.error());
  return read_forwards(*connection_, read_script_, place_.id, now() + k_reply_patience);
}

// Hands on what has come; true: nothing more is there now.
std::expected<bool, RedisFault> RedisFollower::take_page() {
  auto page = read_page();
  if (!page) return std::unexpected(page.error());
  if (!is_cut_ && !continues(*page, place_)) {
    base::log(base::LogLevel::warn, "the stream in Redis was cut: clients are told of a gap",
              {{"redis", to_string(address_)}});
    is_cut_ = true;
  }
  if (is_cut_) {
    place_.added.reset();
    if (page->entries.empty()) {
      auto begun = begin_stream(*connection_, place_.id, now() + k_reply_patience);
      if (!begun) return std::unexpected(begun.error());
      return false;
    }
  }
  Arrival arrival;
  if (is_cut_) arrival.cut = id_before(page->entries.front().id);
  for (StreamEntry& entry : page->entries) {
    if (entry.frame != nullptr)
      arrival.batch.push_back(std::move(entry.frame));
    else if (!entry.wrong.empty())
      note_wrong(entry);
    // What begins a stream is a position that every instance knows.
    else if (is_cut_ && arrival.batch.empty())
      arrival.cut = entry.id;
  }
  if (!page->entries.empty()) {
    place_.id = page->entries.back().id;
    place_.mark = std::move(page->end_mark);
  }
  if (page->is_last)
    place_.added = page->added;
  else if (place_.added)
    *place_.added += page->entries.size();
  is_cut_ = false;
  if (arrival.cut || !arrival.batch.empty()) arrive_(std::move(arrival));
  return page->is_last;
}

void RedisFollower::note_wrong(const StreamEntry& entry) {
  ++skipped_;
  if (now() - wrong_logged_ < k_wrong_logged_every) return;
  wrong_logged_ = now();
  base::log(base::LogLevel::warn, "an entry in Redis is no event and is passed over",
            {{"id", sse::format_event_id(entry.id)}, {"why", base::printable(entry.wrong, 200)}});
}

// Sleeps in Redis until something is added, and takes the canaries. What else comes is only word that
// something is there: events are read by take_page(), which sees them together with the stream's state.
std::expected<void, RedisFault> RedisFollower::await_entries() {
  const std::string block = std::to_string(k_block.count());
  const std::string canary_place = sse::format_event_id(canary_place_);
  connection_->send({"XREAD", "COUNT", "1", "BLOCK", block, "STREAMS", k_events_key, k_instances_key,
                     sse::format_event_id(place_.id), canary_place});
  connection_->send({"XREAD", "COUNT", "1000", "STREAMS", k_instances_key, canary_place});
  const RedisTime until = now() + k_block + k_reply_patience;
  const auto bell = connection_->receive(until);
  if (!bell) return std::unexpected(bell.error());
  if (const auto code = bell->value().error_code()) return std::unexpected(fault_of_code(*code));
  const auto canaries = connection_->receive(until);
  if (!canaries) return std::unexpected(canaries.error());
  const RedisValue entries = canaries->value()[0][1];
  for (std::size_t at = 0; at < entries.size().value_or(0); ++at) {
    if (auto taken = take_canary(entries[at]); !taken) return taken;
  }
  return {};
}

std::expected<void, RedisFault> RedisFollower::take_canary(RedisValue entry) {
  const auto id = sse::parse_event_id(entry[0].text().value_or(""));
  if (!id) return std::unexpected(k_redis_nonsense);
  canary_place_ = *id;
  const auto canary = read_canary(entry[1]);
  if (!canary) return {};  // somebody else's
  peers_.note(*canary, now());
  if (canary->instance == instance_) canary_seen_ = std::max(canary_seen_, canary->n);
  return {};
}

bool RedisFollower::is_deaf(RedisTime time) {
  if (canary_seen_ >= canary_awaited_) {
    canary_awaited_ = canaries_;
    awaited_since_ = time;
  }
  return canary_seen_ < canary_awaited_ && time - awaited_since_ > k_deaf_after;
}

}  // namespace rt::store
