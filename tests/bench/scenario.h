// SPDX-License-Identifier: MIT
// The scenarios of rtload and what each is told. A scenario runs to its end on the calling thread and gives
// its figures; it fails where there is nothing to measure. What the streams were found to lack is in the
// figures (`faults`).
#pragma once

#include <chrono>
#include <cstdint>

#include "base/error.h"
#include "bench/report.h"
#include "bench/stream.h"

namespace rt::bench {

struct Common {
  Endpoint endpoint;
  int pid = 0;  // the server's
  std::uint32_t streams = 1000;
  std::uint32_t topics = 1;
  std::uint32_t publishers = 1;
  double rate = 0;  // events per second; 0: as fast as the answers come
  std::chrono::milliseconds duration{10'000};
  Encoding encoding = Encoding::identity;
};

struct Outcome {
  Report report;
  std::uint64_t faults = 0;
};

// Steady streams and steady events: deliveries, latency, CPU and memory.
struct FanOptions {
  model::Kind kind = model::Kind::order;
  std::uint32_t payload_bytes = 0;
  std::uint64_t events = 0;  // 0: as many as the rate and the duration come to
  std::uint32_t batch = 1;
  std::chrono::milliseconds warm_up{0};   // at the same rate, before anything is measured
  bool is_wildcard = false;               // each stream follows all topics
  std::chrono::milliseconds thinning{0};  // ?rate=
  std::string subscribe_prefix;           // of a plain server (Plan)
  std::string publish_prefix;
  std::uint32_t silent = 0;  // subscribers of all topics besides that never read
};
base::Result<Outcome> run_fan(const Common& common, const FanOptions& options);

// Streams that are cut anywhere, all the time, and resume.
struct StormOptions {
  std::uint64_t retained = 100'000;  // the server's --retain-events
  std::chrono::milliseconds up_min{5};
  std::chrono::milliseconds up_max{2'000};
  std::chrono::milliseconds away_max{100};
};
base::Result<Outcome> run_storm(const Common& common, const StormOptions& options);

// Dispatchers who connect all at once to all drivers (`topics`), which move.
struct DispatchersOptions {
  std::chrono::milliseconds within{1'000};
};
base::Result<Outcome> run_dispatchers(const Common& common, const DispatchersOptions& options);

}  // namespace rt::bench
