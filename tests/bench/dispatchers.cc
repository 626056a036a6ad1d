// SPDX-License-Identifier: MIT
#include <algorithm>

#include "bench/crowd.h"
#include "bench/feed.h"
#include "bench/ledger.h"
#include "bench/scenario.h"

namespace rt::bench {

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t k_patience_ns = 120'000'000'000;
constexpr std::uint32_t k_preload_batch = 200;

class Dispatchers {
 public:
  Dispatchers(const Common& common, const DispatchersOptions& options)
      : common_(common),
        options_(options),
        plan_{model::Kind::driver, common.topics, common.publishers, 0},
        published_(plan_.lanes(), 0),
        ledger_(plan_.lanes()),
        trace_(common.pid) {}

  base::Result<Outcome> run();

 private:
  base::Result<void> make_known();
  base::Result<void> connect();
  template <class Done>
  base::Result<void> read_until(Done is_done);
  base::Result<void> dispatch();
  Outcome outcome(const ProcessUse& before, const ProcessUse& after) const;

  Common common_;
  DispatchersOptions options_;
  Plan plan_;
  std::vector<std::uint32_t> published_;
  Ledger ledger_;
  Tally tally_;
  std::unique_ptr<Crowd> crowd_;
  MemoryTrace trace_;
  FeedFigures fed_;
  double connect_s_ = 0;
  double all_known_s_ = 0;  // from the first connect until the last dispatcher knew of every driver
};

// Publishes each driver's first position.
base::Result<void> Dispatchers::make_known() {
  Feed feed(common_.endpoint, plan_, {plan_.topics, 0, k_preload_batch}, published_);
  feed.start();
  const auto fed = feed.join();
  if (!fed) return std::unexpected(fed.error());
  return {};
}

// Evenly within the time given.
base::Result<void> Dispatchers::connect() {
  const std::uint64_t start = now_ns();
  const auto within_ns = static_cast<std::uint64_t>(options_.within.count()) * 1'000'000;
  const std::size_t count = crowd_->streams().size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t due = start + within_ns * i / count;
    for (std::uint64_t now = now_ns(); now < due; now = now_ns()) {
      if (auto polled = crowd_->poll(std::chrono::nanoseconds(due - now)); !polled) return polled;
      trace_.sample();
    }
    if (auto connected = crowd_->connect(*crowd_->streams()[i]); !connected) return connected;
  }
  connect_s_ = static_cast<double>(now_ns() - start) / 1e9;
  return {};
}

// Reads until `is_done` holds for all streams; when the time is up before, what is missing shows in the end.
template <class Done>
base::Result<void> Dispatchers::read_until(Done is_done) {
  const std::uint64_t deadline = now_ns() + k_patience_ns;
  for (std::size_t i = 0; now_ns() < deadline; ++i) {
    if (auto polled = crowd_->poll(milliseconds(10)); !polled) return polled;
    trace_.sample();
    if (i % 16 == 0 && std::ranges::all_of(crowd_->streams(), is_done)) return {};
  }
  return {};
}

// All come at once, while the drivers move.
base::Result<void> Dispatchers::dispatch() {
  for (std::uint32_t i = 0; i < common_.streams; ++i)
    crowd_->add(multi_path({plan_.wildcard()}), common_.encoding,
                Follower(plan_, {}, Follower::Wanted::all, tally_));
  const double seconds = static_cast<double>(common_.duration.count()) / 1000;
  Feed feed(common_.endpoint, plan_, {static_cast<std::uint64_t>(common_.rate * seconds), common_.rate, 1},
            published_, &ledger_);
  feed.start();
  const std::uint64_t start = now_ns();
  if (auto connected = connect(); !connected) return connected;
  if (auto read =
          read_until([&](const auto& stream) { return stream->follower().known_lanes() == plan_.lanes(); });
      !read)
    return read;
  all_known_s_ = static_cast<double>(now_ns() - start) / 1e9;
  if (auto read = read_until(
          [&](const auto& stream) { return feed.is_done() && stream->follower().is_complete(published_); });
      !read)
    return read;
  const auto fed = feed.join();
  if (!fed) return std::unexpected(fed.error());
  fed_ = *fed;
  return {};
}

base::Result<Outcome> Dispatchers::run() {
  auto created = Crowd::create(common_.endpoint, tally_);
  if (!created) return std::unexpected(created.error());
  crowd_ = *std::move(created);
  if (auto known = make_known(); !known) return std::unexpected(known.error());
  const auto before = use_of(common_.pid);
  if (!before) return std::unexpected(before.error());
  trace_.sample();
  if (auto dispatched = dispatch(); !dispatched) return std::unexpected(dispatched.error());
  const auto after = use_of(common_.pid);
  if (!after) return std::unexpected(after.error());
  for (const auto& stream : crowd_->streams())
    stream->follower().settle(published_, &ledger_, 0, Follower::Snapshots::whole);
  return outcome(*before, *after);
}

Outcome Dispatchers::outcome(const ProcessUse& before, const ProcessUse& after) const {
  const std::uint64_t messages = tally_.snapshots + tally_.deliveries;
  Outcome outcome;
  Report& report = outcome.report;
  report.add("streams", common_.streams);
  report.add("drivers", plan_.topics);
  report.add("connecting_s", connect_s_);
  report.add("all_known_s", all_known_s_);
  report.add("bytes_per_message",
             static_cast<double>(tally_.bytes) / static_cast<double>(std::max<std::uint64_t>(messages, 1)));
  add_feed(report, fed_);
  add_tally(report, tally_);
  add_use(report, before, after, messages);
  add_memory(report, trace_);
  outcome.faults = tally_.fault_count();
  return outcome;
}

}  // namespace

base::Result<Outcome> run_dispatchers(const Common& common, const DispatchersOptions& options) {
  return Dispatchers(common, options).run();
}

}  // namespace rt::bench
