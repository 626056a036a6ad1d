// SPDX-License-Identifier: MIT
// Crowd: all streams of a run, read by one thread through one epoll descriptor, each piece checked as it
// comes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/error.h"
#include "bench/stream.h"

namespace rt::bench {

class Crowd {
 public:
  // `endpoint` and `tally` outlive it.
  static base::Result<std::unique_ptr<Crowd>> create(const Endpoint& endpoint, Tally& tally);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  Stream& add(std::string path, Encoding encoding, Follower follower);
  base::Result<void> connect(Stream& stream);
  // Connects all that are not open, a few hundred at a time, and returns once each said `connected`.
  base::Result<void> connect_all(std::chrono::milliseconds patience);
  // Waits for bytes, as long as told, and takes what is there.
  base::Result<void> poll(std::chrono::nanoseconds wait);
  void close_all();

  // A stream ended that was cut after its `last_bytes_max`. One that the server ends is a fault.
  std::function<void(Stream&)> on_cut;
  // A subscriber that connects and never reads. It is made anew when the server gives it up.
  base::Result<void> add_silent(std::string path);

  const std::vector<std::unique_ptr<Stream>>& streams() const { return streams_; }
  std::uint64_t silent_reconnects() const { return silent_reconnects_; }

 private:
  Crowd(const Endpoint& endpoint, Tally& tally, int epoll);
  base::Result<void> take_up(Stream& stream, std::uint32_t events);
  base::Result<void> request(Stream& stream, int operation);
  base::Result<void> read(Stream& stream);
  base::Result<void> renew(Stream& silent);
  bool is_silent(const Stream& stream) const { return stream.number() >= k_first_silent; }

  static constexpr std::uint32_t k_first_silent = 1U << 30U;

  const Endpoint& endpoint_;
  Tally& tally_;
  Tally silent_tally_;
  int epoll_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::vector<std::unique_ptr<Stream>> silent_;
  std::uint64_t silent_reconnects_ = 0;
  std::unique_ptr<Scratch> received_;
  std::unique_ptr<Scratch> inflated_;
};

}  // namespace rt::bench
