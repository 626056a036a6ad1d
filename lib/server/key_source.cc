// SPDX-License-Identifier: MIT
#include "server/key_source.h"

#include <poll.h>

#include <algorithm>
#include <limits>

#include "auth/jwks.h"
#include "base/log.h"

namespace rt::server {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_unknown_key_interval{10'000};
constexpr milliseconds k_retry_first{1'000};

// A query may hold what is not for the log.
std::string loggable(const std::string& url) {
  return url.substr(0, url.find('?'));
}

std::int64_t steady_ms(const base::Clock& clock) {
  return std::chrono::duration_cast<milliseconds>(clock.steady().time_since_epoch()).count();
}

}  // namespace

KeySource::KeySource(std::string url, milliseconds interval, Fetch fetch, KeyMailbox& keys,
                     const base::Clock& clock)
    : url_(std::move(url)),
      interval_(interval),
      fetch_(std::move(fetch)),
      keys_(keys),
      clock_(clock),
      asked_at_(std::numeric_limits<std::int64_t>::min() / 2),
      thread_([this] { run(); }) {}

KeySource::~KeySource() {
  asks_.post(Ask::stop);
  thread_.join();
}

void KeySource::on_unknown_key() {
  const std::int64_t now = steady_ms(clock_);
  std::int64_t last = asked_at_.load(std::memory_order_relaxed);
  if (now - last < k_unknown_key_interval.count()) return;
  if (asked_at_.compare_exchange_strong(last, now)) asks_.post(Ask::refresh);
}

KeySource::Status KeySource::status() const {
  return {successful_, failures_, succeeded_at_};
}

void KeySource::run() {
  milliseconds retry = k_retry_first;
  while (true) {
    const bool fetched = fetch_once();
    const milliseconds wait = fetched ? interval_ : std::min(retry, interval_);
    retry = fetched ? k_retry_first : std::min(retry * 2, interval_);
    pollfd waiting{asks_.descriptor(), POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(wait.count(), 86'400'000)));
    const auto asked = asks_.take();
    if (std::ranges::find(asked, Ask::stop) != asked.end()) return;
  }
}

bool KeySource::fetch_once() {
  const auto fail = [this](const std::string& why) {
    ++failures_;
    // Said once, until it works again.
    if (successful_.exchange(false) || failures_ == 1) {
      base::log(base::LogLevel::error, "cannot fetch the keys; the old ones stay",
                {{"url", loggable(url_)}, {"why", why}});
    }
    return false;
  };
  const auto text = fetch_(url_);
  if (!text) return fail(text.error().what);
  auto set = auth::parse_jwks(*text);
  if (!set) return fail(set.error().what);
  if (set->keys.empty()) return fail(set->skipped.empty() ? "the set is empty" : set->skipped.front());
  if (!successful_.exchange(true)) {
    base::log(base::LogLevel::info, "keys fetched", {{"url", loggable(url_)}, {"keys", set->keys.size()}});
    for (const std::string& skipped : set->skipped)
      base::log(base::LogLevel::warn, "a key is not used", {{"url", loggable(url_)}, {"why", skipped}});
  }
  succeeded_at_ = std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch().count();
  keys_.post(std::move(set->keys));
  return true;
}

}  // namespace rt::server
