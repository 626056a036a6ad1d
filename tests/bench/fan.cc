// SPDX-License-Identifier: MIT
#include <algorithm>

#include "bench/crowd.h"
#include "bench/feed.h"
#include "bench/scenario.h"

namespace rt::bench {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_connect_patience{60'000};
constexpr milliseconds k_settling{500};  // after connecting, before memory is looked at
constexpr std::uint64_t k_quiet_ns =
    5'000'000'000;  // so long nothing came: what is missing does not come any more

class Fan {
 public:
  Fan(const Common& common, const FanOptions& options)
      : common_(common),
        options_(options),
        plan_{options.kind,
              common.topics,
              common.publishers,
              options.payload_bytes,
              options.subscribe_prefix,
              options.publish_prefix},
        published_(plan_.lanes(), 0),
        trace_(common.pid) {}

  base::Result<Outcome> run();

 private:
  struct Uses {
    ProcessUse fresh;      // before the first stream
    ProcessUse connected;  // and before the first event that counts
    ProcessUse end;
  };

  std::string path(std::uint32_t topic) const;
  FeedLoad load() const;
  base::Result<void> warm_up();
  void add_streams();
  base::Result<void> connect();
  base::Result<void> read_to_end(const Feed& feed);
  base::Result<void> publish(const FeedLoad& load);
  Outcome outcome() const;

  Common common_;
  FanOptions options_;
  Plan plan_;
  std::vector<std::uint32_t> published_;
  Tally tally_;
  std::unique_ptr<Crowd> crowd_;
  MemoryTrace trace_;
  Uses uses_;
  FeedFigures fed_;
  double connect_s_ = 0;
  double own_cpu_s_ = 0;
  double idle_s_ = 0;                // of the time that was read, at its end
  double seconds_ = 0;               // from the first publish to the last delivery
  std::uint64_t opening_bytes_ = 0;  // received before the first event
};

std::string Fan::path(std::uint32_t topic) const {
  if (plan_.is_plain()) return plan_.subscribe_prefix + plan_.topic_id(topic);
  std::string path = options_.is_wildcard ? multi_path({plan_.wildcard()}) + "&snapshot=0"
                                          : plan_.topic_path(topic) + "?snapshot=0";
  if (options_.thinning.count() > 0) path += "&rate=" + std::to_string(options_.thinning.count()) + "ms";
  return path;
}

FeedLoad Fan::load() const {
  const double seconds = static_cast<double>(common_.duration.count()) / 1000;
  const auto events =
      options_.events != 0 ? options_.events : static_cast<std::uint64_t>(common_.rate * seconds);
  return {events, common_.rate, options_.batch};
}

void Fan::add_streams() {
  const auto wanted = options_.thinning.count() > 0 ? Follower::Wanted::newest : Follower::Wanted::all;
  for (std::uint32_t i = 0; i < common_.streams; ++i) {
    const std::uint32_t topic = i % plan_.topics;
    const auto topics = options_.is_wildcard ? std::span<const std::uint32_t>() : std::span(&topic, 1);
    Follower follower(plan_, topics, wanted, tally_);
    follower.expect_behind(published_);
    crowd_->add(path(topic), common_.encoding, std::move(follower));
  }
}

base::Result<void> Fan::connect() {
  const std::uint64_t start = now_ns();
  if (auto connected = crowd_->connect_all(k_connect_patience); !connected) return connected;
  connect_s_ = static_cast<double>(now_ns() - start) / 1e9;
  for (std::uint32_t i = 0; i < options_.silent; ++i) {
    if (auto added = crowd_->add_silent(multi_path({plan_.wildcard()})); !added) return added;
  }
  const auto settled = std::chrono::steady_clock::now() + k_settling;
  while (std::chrono::steady_clock::now() < settled) {
    if (auto polled = crowd_->poll(k_settling / 10); !polled) return polled;
  }
  opening_bytes_ = tally_.bytes;
  return {};
}

// Until every stream has everything, or nothing comes any more.
base::Result<void> Fan::read_to_end(const Feed& feed) {
  const auto is_complete = [this](const auto& stream) { return stream->follower().is_complete(published_); };
  std::uint64_t seen = 0;
  std::uint64_t quiet_since = now_ns();
  while (true) {
    if (auto polled = crowd_->poll(milliseconds(20)); !polled) return polled;
    trace_.sample();
    if (!feed.is_done()) continue;
    if (tally_.bytes != seen) {
      seen = tally_.bytes;
      quiet_since = now_ns();
    } else if (now_ns() - quiet_since > k_quiet_ns || std::ranges::all_of(crowd_->streams(), is_complete)) {
      idle_s_ = static_cast<double>(now_ns() - quiet_since) / 1e9;
      return {};
    }
  }
}

base::Result<void> Fan::publish(const FeedLoad& load) {
  const double own_before = own_cpu_s();
  trace_.sample();
  const std::uint64_t start = now_ns();
  Feed feed(common_.endpoint, plan_, load, published_);
  feed.start();
  if (auto read = read_to_end(feed); !read) return read;
  seconds_ = static_cast<double>(now_ns() - start) / 1e9 - idle_s_;
  own_cpu_s_ = own_cpu_s() - own_before;
  auto fed = feed.join();
  if (!fed) return std::unexpected(fed.error());
  fed_ = *fed;
  return {};
}

// So that those who never read are full, and the server holds as many events as it will.
base::Result<void> Fan::warm_up() {
  const double events = common_.rate * static_cast<double>(options_.warm_up.count()) / 1000;
  if (events < 1) return {};
  if (auto published = publish({static_cast<std::uint64_t>(events), common_.rate, options_.batch});
      !published)
    return published;
  tally_.latency = {};
  tally_.deliveries = tally_.thinned = 0;
  opening_bytes_ = tally_.bytes;
  trace_ = MemoryTrace(common_.pid);
  return {};
}

base::Result<Outcome> Fan::run() {
  auto created = Crowd::create(common_.endpoint, tally_);
  if (!created) return std::unexpected(created.error());
  crowd_ = *std::move(created);
  add_streams();
  const auto look = [this](ProcessUse& use) -> base::Result<void> {
    const auto seen = use_of(common_.pid);
    if (!seen) return std::unexpected(seen.error());
    use = *seen;
    return {};
  };
  if (auto seen = look(uses_.fresh); !seen) return std::unexpected(seen.error());
  if (auto connected = connect(); !connected) return std::unexpected(connected.error());
  if (auto warmed = warm_up(); !warmed) return std::unexpected(warmed.error());
  if (auto seen = look(uses_.connected); !seen) return std::unexpected(seen.error());
  if (auto published = publish(load()); !published) return std::unexpected(published.error());
  if (auto seen = look(uses_.end); !seen) return std::unexpected(seen.error());
  for (const auto& stream : crowd_->streams())
    stream->follower().settle(published_, nullptr, 0, Follower::Snapshots::whole);
  return outcome();
}

Outcome Fan::outcome() const {
  const auto per_delivery = [this](double amount) {
    return tally_.deliveries == 0 ? 0 : amount / static_cast<double>(tally_.deliveries);
  };
  const auto grown_per_stream = [this](std::uint64_t ProcessUse::* member, const ProcessUse& use) {
    const double grown = static_cast<double>(use.*member) - static_cast<double>(uses_.fresh.*member);
    return grown * 1024 / std::max(common_.streams, 1U);
  };
  Outcome outcome;
  Report& report = outcome.report;
  report.add("streams", common_.streams);
  report.add("connects_per_s", common_.streams / connect_s_);
  report.add("resident_bytes_per_stream", grown_per_stream(&ProcessUse::resident_kib, uses_.connected));
  report.add("private_bytes_per_stream", grown_per_stream(&ProcessUse::private_kib, uses_.connected));
  report.add("private_bytes_per_stream_end", grown_per_stream(&ProcessUse::private_kib, uses_.end));
  report.add("silent", options_.silent);
  report.add("silent_reconnects", crowd_->silent_reconnects());
  add_feed(report, fed_);
  report.add("deliveries_per_s", seconds_ > 0 ? static_cast<double>(tally_.deliveries) / seconds_ : 0);
  report.add("bytes_per_delivery", per_delivery(static_cast<double>(tally_.bytes - opening_bytes_)));
  add_tally(report, tally_);
  add_use(report, uses_.connected, uses_.end, tally_.deliveries);
  add_memory(report, trace_);
  report.add("own_cpu_us_per_delivery", per_delivery(own_cpu_s_ * 1e6));
  outcome.faults = tally_.fault_count();
  return outcome;
}

}  // namespace

base::Result<Outcome> run_fan(const Common& common, const FanOptions& options) {
  return Fan(common, options).run();
}

}  // namespace rt::bench
