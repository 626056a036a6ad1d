// SPDX-License-Identifier: MIT
#include <algorithm>
#include <queue>

#include "base/random.h"
#include "bench/crowd.h"
#include "bench/feed.h"
#include "bench/ledger.h"
#include "bench/scenario.h"

namespace rt::bench {

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t k_ns_per_ms = 1'000'000;
constexpr std::uint64_t k_patience_ns = 60'000 * k_ns_per_ms;
constexpr std::size_t k_last_bytes_max = 300;  // of what comes next before a cut: about a chunk
constexpr std::uint64_t k_last_bytes_wait_ns = 20 * k_ns_per_ms;
constexpr std::size_t k_opening_bytes_max = 1500;  // the response's head, `connected`, and some snapshots
constexpr std::uint64_t k_one_in_is_early = 10;    // cut within those
constexpr std::uint32_t k_several_topics = 3;

struct Cuts {
  std::uint64_t by_fin = 0;
  std::uint64_t by_reset = 0;
  std::uint64_t inside_chunk = 0;
  std::uint64_t before_connected = 0;
};

class Storm {
 public:
  Storm(const Common& common, const StormOptions& options)
      : common_(common),
        options_(options),
        plan_{model::Kind::order, common.topics, common.publishers, 0},
        ledger_(plan_.lanes()),
        published_(plan_.lanes(), 0) {}

  base::Result<Outcome> run();

 private:
  enum class Step : std::uint8_t {
    connect,
    begin_to_cut,  // at what comes next
    cut,           // even if nothing comes
  };
  struct Due {
    std::uint64_t at_ns;
    Step step;
    Stream* stream;
    std::uint64_t opening;  // of the stream, so that what was meant for an earlier one is known
    bool operator>(const Due& other) const { return at_ns > other.at_ns; }
  };

  void add_streams();
  Encoding encoding() { return random_.below(2) == 0 ? Encoding::identity : common_.encoding; }
  std::uint64_t between(milliseconds least, milliseconds most) {
    const auto span = static_cast<std::uint64_t>((most - least).count()) * k_ns_per_ms;
    return static_cast<std::uint64_t>(least.count()) * k_ns_per_ms + random_.below(span + 1);
  }
  void plan_step(Stream& stream, Step step, std::uint64_t in_ns) {
    due_.push({now_ns() + in_ns, step, &stream, openings_[stream.number()]});
  }
  base::Result<void> take_due();
  base::Result<void> take(const Due& due);
  void cut(Stream& stream);
  base::Result<void> blow(const Feed& feed, MemoryTrace& trace);
  base::Result<void> calm_down(MemoryTrace& trace);
  Outcome outcome(const ProcessUse& before, const ProcessUse& after, const FeedFigures& fed,
                  const MemoryTrace& trace) const;

  Common common_;
  StormOptions options_;
  Plan plan_;
  Ledger ledger_;
  std::vector<std::uint32_t> published_;
  base::Random random_;
  Tally tally_;
  std::unique_ptr<Crowd> crowd_;
  std::vector<std::uint64_t> openings_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  Cuts cuts_;
  bool is_calm_ = false;
};

// Of ten, seven follow a topic, most of the others some, and a few all.
void Storm::add_streams() {
  for (std::uint32_t i = 0; i < common_.streams; ++i) {
    std::vector<std::uint32_t> topics;
    std::string path;
    if (i % 100 == 99) {
      path = multi_path({plan_.wildcard()});
    } else if (i % 10 < 3) {
      std::vector<std::string> names;
      for (std::uint32_t k = 0; k < std::min(k_several_topics, plan_.topics); ++k) {
        topics.push_back((i + k * 37) % plan_.topics);
        names.push_back(plan_.topic_name(topics.back()));
      }
      path = multi_path(names);
    } else {
      topics.push_back(i % plan_.topics);
      path = plan_.topic_path(topics.back());
    }
    crowd_->add(std::move(path), encoding(), Follower(plan_, topics, Follower::Wanted::all, tally_));
  }
  openings_.assign(crowd_->streams().size(), 0);
}

base::Result<void> Storm::take_due() {
  while (!due_.empty() && due_.top().at_ns <= now_ns()) {
    const Due due = due_.top();
    due_.pop();
    if (due.opening != openings_[due.stream->number()]) continue;
    if (auto taken = take(due); !taken) return taken;
  }
  return {};
}

base::Result<void> Storm::take(const Due& due) {
  Stream& stream = *due.stream;
  switch (due.step) {
    case Step::connect:
      ++openings_[stream.number()];
      if (!is_calm_) plan_step(stream, Step::begin_to_cut, between(options_.up_min, options_.up_max));
      if (auto connected = crowd_->connect(stream); !connected) return connected;
      if (!is_calm_ && random_.below(k_one_in_is_early) == 0)
        stream.last_bytes_max = 1 + random_.below(k_opening_bytes_max);
      return {};
    case Step::begin_to_cut:
      if (is_calm_ || !stream.is_open()) return {};
      stream.last_bytes_max = 1 + random_.below(k_last_bytes_max);
      plan_step(stream, Step::cut, k_last_bytes_wait_ns);
      return {};
    case Step::cut:
      if (stream.is_open()) cut(stream);
      return {};
  }
  return {};
}

void Storm::cut(Stream& stream) {
  const Farewell farewell = random_.below(2) == 0 ? Farewell::fin : Farewell::reset;
  ++(farewell == Farewell::fin ? cuts_.by_fin : cuts_.by_reset);
  if (stream.body().is_inside_chunk()) ++cuts_.inside_chunk;
  if (!stream.follower().is_connected()) ++cuts_.before_connected;
  stream.close(farewell);
  ++openings_[stream.number()];
  plan_step(stream, Step::connect, between(milliseconds(0), options_.away_max));
}

base::Result<void> Storm::blow(const Feed& feed, MemoryTrace& trace) {
  while (!feed.is_done()) {
    if (auto taken = take_due(); !taken) return taken;
    if (auto polled = crowd_->poll(milliseconds(1)); !polled) return polled;
    trace.sample();
  }
  return {};
}

// No more cuts: all connect for the last time, and read what they lack.
base::Result<void> Storm::calm_down(MemoryTrace& trace) {
  is_calm_ = true;
  const std::uint64_t deadline = now_ns() + k_patience_ns;
  const auto is_complete = [this](const auto& stream) {
    return stream->is_open() && stream->follower().is_connected() &&
           stream->follower().is_complete(published_);
  };
  for (std::size_t i = 0; now_ns() < deadline; ++i) {
    if (auto taken = take_due(); !taken) return taken;
    if (auto polled = crowd_->poll(milliseconds(10)); !polled) return polled;
    trace.sample();
    if (i % 16 == 0 && std::ranges::all_of(crowd_->streams(), is_complete)) break;
  }
  return {};
}

base::Result<Outcome> Storm::run() {
  auto created = Crowd::create(common_.endpoint, tally_);
  if (!created) return std::unexpected(created.error());
  crowd_ = *std::move(created);
  crowd_->on_cut = [this](Stream& stream) { cut(stream); };
  add_streams();

  const auto before = use_of(common_.pid);
  if (!before) return std::unexpected(before.error());
  MemoryTrace trace(common_.pid);
  const double seconds = static_cast<double>(common_.duration.count()) / 1000;
  Feed feed(common_.endpoint, plan_, {static_cast<std::uint64_t>(common_.rate * seconds), common_.rate, 1},
            published_, &ledger_);
  feed.start();
  for (const auto& stream : crowd_->streams())
    plan_step(*stream, Step::connect, between(milliseconds(0), options_.up_max));
  if (auto blown = blow(feed, trace); !blown) return std::unexpected(blown.error());
  const auto fed = feed.join();
  if (!fed) return std::unexpected(fed.error());
  if (auto calmed = calm_down(trace); !calmed) return std::unexpected(calmed.error());
  const auto after = use_of(common_.pid);
  if (!after) return std::unexpected(after.error());
  for (const auto& stream : crowd_->streams())
    stream->follower().settle(published_, &ledger_, options_.retained, Follower::Snapshots::may_be_cut);

  return outcome(*before, *after, *fed, trace);
}

Outcome Storm::outcome(const ProcessUse& before, const ProcessUse& after, const FeedFigures& fed,
                       const MemoryTrace& trace) const {
  Outcome outcome;
  Report& report = outcome.report;
  report.add("streams", common_.streams);
  report.add("cuts_fin", cuts_.by_fin);
  report.add("cuts_reset", cuts_.by_reset);
  report.add("cuts_inside_chunk", cuts_.inside_chunk);
  report.add("cuts_before_connected", cuts_.before_connected);
  add_feed(report, fed);
  add_tally(report, tally_);
  add_use(report, before, after, tally_.deliveries);
  add_memory(report, trace);
  outcome.faults = tally_.fault_count();
  return outcome;
}

}  // namespace

base::Result<Outcome> run_storm(const Common& common, const StormOptions& options) {
  return Storm(common, options).run();
}

}  // namespace rt::bench
