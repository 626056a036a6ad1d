// SPDX-License-Identifier: MIT
#include "bench/report.h"

#include <array>
#include <cstdio>

#include "model/json.h"

namespace rt::bench {

namespace {

double ms_of(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

double per(double amount, double by) {
  return by > 0 ? amount / by : 0;
}

}  // namespace

void Report::add(std::string_view name, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), value < 100 ? "%.3f" : "%.0f", value);
  add_text(name, text.data());
}

void Report::add(std::string_view name, std::string_view text) {
  std::string json;
  model::append_json_string(json, text);
  add_text(name, std::move(json));
}

void Report::print() const {
  std::string json = "{";
  for (const auto& [name, value] : figures_) {
    if (json.size() > 1) json += ',';
    model::append_json_string(json, name);
    json += ':' + value;
    std::fprintf(stderr, "%-32s %s\n", name.c_str(), value.c_str());
  }
  std::printf("%s}\n", json.c_str());
}

void add_feed(Report& report, const FeedFigures& feed) {
  report.add("published", feed.events);
  report.add("publishes_per_s", per(static_cast<double>(feed.events), feed.seconds));
  report.add("publish_p50_ms", ms_of(feed.round_trip.percentile(0.5)));
  report.add("publish_p99_ms", ms_of(feed.round_trip.percentile(0.99)));
  report.add("publish_late_max_ms", ms_of(feed.late_ns));
}

void add_tally(Report& report, const Tally& tally) {
  report.add("deliveries", tally.deliveries);
  report.add("snapshots", tally.snapshots);
  report.add("thinned", tally.thinned);
  report.add("opened", tally.opened);
  report.add("resumed", tally.resumed);
  report.add("resumed_missed", tally.missed);
  report.add("gaps", tally.gaps);
  report.add("gaps_slow", tally.slow_gaps);
  report.add("gaps_needless", tally.needless_gaps);
  report.add("latency_p50_ms", ms_of(tally.latency.percentile(0.5)));
  report.add("latency_p90_ms", ms_of(tally.latency.percentile(0.9)));
  report.add("latency_p99_ms", ms_of(tally.latency.percentile(0.99)));
  report.add("latency_p999_ms", ms_of(tally.latency.percentile(0.999)));
  report.add("latency_max_ms", ms_of(tally.latency.max()));
  for (std::size_t kind = 0; kind < k_fault_names.size(); ++kind)
    report.add("fault_" + std::string(k_fault_names[kind]), tally.faults[kind]);
  report.add("faults", tally.fault_count());
  for (const std::string& example : tally.examples) std::fprintf(stderr, "%s\n", example.c_str());
}

void add_use(Report& report, const ProcessUse& before, const ProcessUse& after, std::uint64_t deliveries) {
  report.add("server_cpu_s", after.cpu_s - before.cpu_s);
  report.add("server_user_cpu_s", after.user_s - before.user_s);
  report.add("server_cpu_us_per_delivery",
             per((after.cpu_s - before.cpu_s) * 1e6, static_cast<double>(deliveries)));
  report.add("server_resident_kib", after.resident_kib);
  report.add("server_private_kib", after.private_kib);
  report.add("server_peak_kib", after.peak_kib);
}

void add_memory(Report& report, const MemoryTrace& trace) {
  report.add("server_resident_start_kib", trace.first_kib());
  report.add("server_resident_end_kib", trace.last_kib());
  report.add("server_resident_max_kib", trace.max_kib());
}

}  // namespace rt::bench
