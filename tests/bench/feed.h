// SPDX-License-Identifier: MIT
// Feed: publishes by a plan, on keep-alive connections with one request each under way, at a fixed rate or as
// fast as the answers come, in a thread of its own. The owner makes it, starts it and joins it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/error.h"
#include "bench/histogram.h"
#include "bench/ledger.h"
#include "bench/plan.h"
#include "bench/socket.h"

namespace rt::bench {

struct FeedLoad {
  std::uint64_t events = 0;
  double rate = 0;          // events per second, over all connections; 0: no limit
  std::uint32_t batch = 1;  // events in a request
};

struct FeedFigures {
  double seconds = 0;
  std::uint64_t events = 0;
  Histogram round_trip;       // from sending a request to its answer
  std::uint64_t late_ns = 0;  // the most that a request went out behind its time
};

class Feed {
 public:
  // `published` holds the number of the last event for each lane; it is the feed's between start() and
  // join().
  // What is published one event a request is entered in `ledger`, if there is one.
  Feed(const Endpoint& endpoint, const Plan& plan, const FeedLoad& load, std::span<std::uint32_t> published,
       Ledger* ledger = nullptr);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  void start();
  bool is_done() const { return done_; }
  // Waits for the end; fails when a publish was refused.
  base::Result<FeedFigures> join();

 private:
  struct Publisher;
  base::Result<void> run();
  base::Result<void> send_due(std::vector<Publisher>& publishers, std::uint64_t start_ns);
  base::Result<void> receive(Publisher& publisher);
  base::Result<void> take_answer(Publisher& publisher, std::string_view body);
  base::Result<void> wait(std::vector<Publisher>& publishers, std::uint64_t start_ns, int epoll);

  const Endpoint& endpoint_;
  Plan plan_;
  FeedLoad load_;
  std::span<std::uint32_t> published_;
  Ledger* ledger_;
  FeedFigures figures_;
  std::optional<base::Error> error_;
  std::atomic<bool> done_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace rt::bench
