// SPDX-License-Identifier: MIT
#include "server/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "server/process.h"
#include "server/stream_guest.h"

namespace rt::server {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr double k_us_per_second = 1e6;
constexpr double k_ms_per_second = 1e3;

class Families {
 public:
  // Starts a family; add() puts values into it.
  Families& family(std::string name, std::string help, MetricType type) {
    families_.push_back({std::move(name), std::move(help), type, {}});
    return *this;
  }
  Families& add(std::uint64_t value, std::vector<ClientMetric::Label> labels = {}) {
    return add_real(static_cast<double>(value), std::move(labels));
  }
  Families& add_real(double value, std::vector<ClientMetric::Label> labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (families_.back().type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    families_.back().metric.push_back(std::move(metric));
    return *this;
  }
  // All of them in one.
  template <std::size_t k_bounds>
  void add_histograms(const std::vector<const base::Histogram<k_bounds>*>& parts) {
    ClientMetric metric;
    std::uint64_t sum_us = 0;
    for (const auto* part : parts) sum_us += part->sum_us();
    for (std::size_t bucket = 0; bucket <= k_bounds; ++bucket) {
      for (const auto* part : parts) metric.histogram.sample_count += part->count(bucket);
      const double bound = bucket < k_bounds
                               ? static_cast<double>(parts.front()->bounds_us()[bucket]) / k_us_per_second
                               : std::numeric_limits<double>::infinity();
      metric.histogram.bucket.push_back({metric.histogram.sample_count, bound});
    }
    metric.histogram.sample_sum = static_cast<double>(sum_us) / k_us_per_second;
    families_.back().metric.push_back(std::move(metric));
  }
  const std::vector<MetricFamily>& get() const { return families_; }

 private:
  std::vector<MetricFamily> families_;
};

void add_counts(Families& families, const Counts& counts) {
  families.family("rtserve_streams", "Open streams.", MetricType::Gauge).add(counts.streams);
  families.family("rtserve_subscriptions", "Subscriptions of open streams, by kind.", MetricType::Gauge);
  for (const model::Resource& resource : model::k_resources) {
    families.add(counts.subscriptions[model::index_of(resource.kind)],
                 {{"kind", std::string(resource.singular)}});
  }
  families.family("rtserve_streams_opened_total", "Streams opened.", MetricType::Counter)
      .add(counts.streams_opened);
  families.family("rtserve_streams_closed_total", "Streams closed, by reason.", MetricType::Counter);
  for (std::size_t reason = 0; reason < counts.streams_closed.size(); ++reason) {
    families.add(counts.streams_closed[reason],
                 {{"reason", std::string(name_of(static_cast<net::CloseReason>(reason)))}});
  }
  families
      .family("rtserve_resumes_total", "Streams opened with a last event id, by outcome.",
              MetricType::Counter)
      .add(counts.resumed, {{"outcome", "resumed"}})
      .add(counts.resume_gaps, {{"outcome", "gap"}});
  families.family("rtserve_events_published_total", "Events accepted, by kind.", MetricType::Counter);
  for (const model::Resource& resource : model::k_resources) {
    families.add(counts.events_accepted[model::index_of(resource.kind)],
                 {{"kind", std::string(resource.singular)}});
  }
  families.family("rtserve_events_rejected_total", "Events not accepted, by kind and reason.",
                  MetricType::Counter);
  for (std::size_t kind = 0; kind < counts.events_rejected.size(); ++kind) {
    const std::string_view name = kind < model::k_kind_count ? model::k_resources[kind].singular : "unknown";
    for (std::size_t why = 0; why < k_rejection_count; ++why) {
      families.add(
          counts.events_rejected[kind][why],
          {{"kind", std::string(name)}, {"reason", std::string(name_of(static_cast<Rejection>(why)))}});
    }
  }
  families
      .family("rtserve_auth_failures_total", "Requests refused for their token or their rights.",
              MetricType::Counter)
      .add(counts.forbidden, {{"reason", "rights"}})
      .add(counts.unauthenticated[0], {{"reason", "no_token"}});
  for (std::size_t fault = 0; fault < auth::k_token_fault_count; ++fault) {
    families.add(counts.unauthenticated[fault + 1],
                 {{"reason", std::string(name_of(static_cast<auth::TokenFault>(fault)))}});
  }
  families.family("rtserve_limited_total", "Streams and publishes refused by a limit.", MetricType::Counter);
  for (std::size_t limit = 0; limit < k_limit_count; ++limit) {
    families.add(counts.limited[limit], {{"limit", std::string(name_of(static_cast<Limit>(limit)))}});
  }
}

void add_keys(Families& families, const KeySource::Status& keys) {
  families
      .family("rtserve_jwks_last_fetch_successful", "1 when the last fetch of the key set succeeded.",
              MetricType::Gauge)
      .add(keys.successful ? 1 : 0)
      .family("rtserve_jwks_fetch_failures_total", "Fetches of the key set that failed.", MetricType::Counter)
      .add(keys.failures)
      .family("rtserve_jwks_last_success_timestamp_seconds",
              "When the key set was last fetched, in Unix time.", MetricType::Gauge)
      .add(static_cast<std::uint64_t>(keys.succeeded_at));
}

void add_store(Families& families, const store::Store& store) {
  families.family("rtserve_store_info", "1, labelled with the engine.", MetricType::Gauge)
      .add(1, {{"engine", store.engine_name()}});
  families.family("rtserve_store_writable", "1 when the store can take events.", MetricType::Gauge)
      .add(store.trouble() == nullptr ? 1 : 0);
  families
      .family("rtserve_store_publishes_failed_total", "Publishes that the store could not keep.",
              MetricType::Counter)
      .add(store.counts().failures);
  if (const auto all = store.everywhere()) {
    families.family("rtserve_cluster_instances", "Instances that share the store.", MetricType::Gauge)
        .add(all->instances);
    families
        .family("rtserve_store_entries_skipped_total", "Entries of other programs that were no events.",
                MetricType::Counter)
        .add(store.skipped());
  }
  families
      .family("rtserve_store_commit_seconds", "How long the store takes to keep what one turn brings.",
              MetricType::Histogram)
      .add_histograms(std::vector{&store.counts().commits});
}

void add_reactors(Families& families, const std::vector<const net::ReactorCounts*>& reactors) {
  const auto sum = [&](auto member) {
    std::uint64_t total = 0;
    for (const net::ReactorCounts* counts : reactors)
      total += (counts->*member).load(std::memory_order_relaxed);
    return total;
  };
  const auto max = [&](auto member) {
    std::uint64_t most = 0;
    for (const net::ReactorCounts* counts : reactors)
      most = std::max(most, (counts->*member).load(std::memory_order_relaxed));
    return most;
  };
  using net::ReactorCounts;
  families.family("rtserve_connections", "Open connections.", MetricType::Gauge)
      .add(sum(&ReactorCounts::connections_open));
  families.family("rtserve_connections_accepted_total", "Connections accepted.", MetricType::Counter)
      .add(sum(&ReactorCounts::connections_accepted));
  families
      .family("rtserve_accept_errors_total", "Connections that could not be accepted.", MetricType::Counter)
      .add(sum(&ReactorCounts::accept_errors));
  families.family("rtserve_requests_total", "Requests received.", MetricType::Counter)
      .add(sum(&ReactorCounts::requests));
  families.family("rtserve_deliveries_total", "Events written to streams.", MetricType::Counter)
      .add(sum(&ReactorCounts::deliveries));
  families.family("rtserve_gaps_total", "Gaps told to open streams, by reason.", MetricType::Counter)
      .add(sum(&ReactorCounts::slow_gaps), {{"reason", "slow"}})
      .add(sum(&ReactorCounts::cut_gaps), {{"reason", "cut"}});
  families.family("rtserve_sent_bytes_total", "Bytes written to streams.", MetricType::Counter)
      .add(sum(&ReactorCounts::bytes_sent));
  families.family("rtserve_streams_blocked", "Streams whose client takes no more for now.", MetricType::Gauge)
      .add(sum(&ReactorCounts::streams_blocked));
  families
      .family("rtserve_stream_lag_max_events", "Events that the slowest blocked stream is behind.",
              MetricType::Gauge)
      .add(max(&ReactorCounts::lag_events_max));
  families
      .family("rtserve_stream_lag_max_seconds",
              "For how long the next event of the slowest blocked stream has been waiting.",
              MetricType::Gauge)
      .add_real(static_cast<double>(max(&ReactorCounts::lag_ms_max)) / k_ms_per_second);
  std::vector<const decltype(ReactorCounts::latency)*> latencies;
  for (const ReactorCounts* counts : reactors) latencies.push_back(&counts->latency);
  families
      .family(
          "rtserve_delivery_latency_seconds",
          "From the time in an event's id until a shard has written it to all of its readers that had room; "
          "for each event and shard once for those of its topic, and once for those of all of its kind.",
          MetricType::Histogram)
      .add_histograms(latencies);
  // Every shard holds the same events: the first speaks for all.
  families.family("rtserve_retained_events", "Events held for resume.", MetricType::Gauge)
      .add(reactors.front()->window_events.load(std::memory_order_relaxed));
}

void add_process(Families& families, base::WallTime started) {
  const ProcessUsage usage = process_usage();
  families.family("process_cpu_seconds_total", "Processor time, of user and system.", MetricType::Counter)
      .add_real(usage.cpu_seconds);
  families.family("process_resident_memory_bytes", "Memory held.", MetricType::Gauge)
      .add(usage.resident_bytes);
  families.family("process_virtual_memory_bytes", "Address space taken.", MetricType::Gauge)
      .add(usage.virtual_bytes);
  families.family("process_open_fds", "Open descriptors.", MetricType::Gauge).add(usage.descriptors);
  families.family("process_max_fds", "How many descriptors may be open.", MetricType::Gauge)
      .add(usage.descriptors_max);
  families.family("process_start_time_seconds", "When the server started, in Unix time.", MetricType::Gauge)
      .add_real(static_cast<double>(started.time_since_epoch().count()) / k_ms_per_second);
}

}  // namespace

std::string metrics_text(const MetricsSources& sources) {
  Families families;
  families.family("rtserve_build_info", "1, labelled with the version.", MetricType::Gauge)
      .add(1, {{"version", sources.overview.version}});
  families.family("rtserve_ready", "1 when ready for traffic.", MetricType::Gauge).add(sources.ready ? 1 : 0);
  families
      .family("rtserve_config_last_reload_successful",
              "1 when the last reload of the configuration succeeded.", MetricType::Gauge)
      .add(sources.reload_successful ? 1 : 0)
      .family("rtserve_config_last_reload_success_timestamp_seconds",
              "When the configuration in use was read, in Unix time.", MetricType::Gauge)
      .add(static_cast<std::uint64_t>(sources.reloaded_at));
  if (sources.keys) add_keys(families, *sources.keys);
  add_counts(families, sources.counts);
  add_store(families, sources.store);
  add_reactors(families, sources.overview.reactors);
  add_process(families, sources.overview.started_wall);
  return prometheus::TextSerializer().Serialize(families.get());
}

}  // namespace rt::server
