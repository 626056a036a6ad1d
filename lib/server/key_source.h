// SPDX-License-Identifier: MIT
// KeySource: public keys from a URL. It fetches the JWK set at the start, then at an interval (after a
// failure sooner, ever more slowly), and when a token names a key that is not there: at once, but at most
// once in ten seconds, whoever asks. Keys that came are posted to the main thread; after a failure the old
// ones stay. A thread of its own, for a fetch may hang. Made and destroyed by the main thread; the rest by
// any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "auth/key.h"
#include "base/clock.h"
#include "base/error.h"
#include "net/mailbox.h"

namespace rt::server {

// The body of the answer to a GET; an error for any status but 200.
using Fetch = std::function<base::Result<std::string>(const std::string& url)>;

class KeySource {
 public:
  using KeyMailbox = net::Mailbox<std::vector<auth::Key>>;

  // `keys` and `clock` must outlive the source.
  KeySource(std::string url, std::chrono::milliseconds interval, Fetch fetch, KeyMailbox& keys,
            const base::Clock& clock);
  ~KeySource();
  KeySource(const KeySource&) = delete;
  KeySource& operator=(const KeySource&) = delete;

  void on_unknown_key();

  struct Status {
    bool successful = false;  // the last fetch
    std::uint64_t failures = 0;
    std::int64_t succeeded_at = 0;  // Unix seconds; 0: never
  };
  Status status() const;

 private:
  enum class Ask : std::uint8_t { refresh, stop };

  void run();
  bool fetch_once();

  std::string url_;
  std::chrono::milliseconds interval_;
  Fetch fetch_;
  KeyMailbox& keys_;
  const base::Clock& clock_;
  net::Mailbox<Ask> asks_;
  std::atomic<std::int64_t> asked_at_;  // steady milliseconds of the last refresh that a token caused
  std::atomic<bool> successful_{false};
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::int64_t> succeeded_at_{0};
  std::thread thread_;
};

}  // namespace rt::server
