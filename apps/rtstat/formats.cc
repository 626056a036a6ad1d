// SPDX-License-Identifier: MIT
#include "rtstat/formats.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"
#include "base/time_text.h"

namespace rt::rtstat {
namespace {

constexpr std::size_t k_name_columns = 14;
constexpr std::size_t k_count_columns = 10;
constexpr std::size_t k_user_columns = 20;
constexpr std::size_t k_address_columns = 15;

std::string left(std::string_view text, std::size_t columns) {
  std::string out = base::printable(text, columns);
  if (out.size() < columns) out.append(columns - out.size(), ' ');
  return out;
}

std::string right(std::string_view text, std::size_t columns) {
  return std::string(columns > text.size() ? columns - text.size() : 0, ' ').append(text);
}

Line row(std::string_view name, std::string_view value) {
  return {.text = left(name, k_name_columns) + right(value, k_count_columns)};
}

// "42s", "5m07s", "3h05m", "12d04h"
std::string duration_text(double seconds) {
  const auto whole = static_cast<unsigned long>(std::clamp(seconds, 0.0, 1e10));
  constexpr unsigned long k_minute = 60;
  constexpr unsigned long k_hour = 3600;
  constexpr unsigned long k_day = 86400;
  const auto two = [](unsigned long a, const char* unit_a, unsigned long b, const char* unit_b) {
    return std::to_string(a) + unit_a + (b < 10 ? "0" : "") + std::to_string(b) + unit_b;
  };
  if (whole < k_minute) return std::to_string(whole) + "s";
  if (whole < k_hour) return two(whole / k_minute, "m", whole % k_minute, "s");
  if (whole < k_day) return two(whole / k_hour, "h", whole % k_hour / k_minute, "m");
  return two(whole / k_day, "d", whole % k_day / k_hour, "h");
}

// "999", "12.3k", "4.0G": powers of 1000.
std::string short_count(std::uint64_t count) {
  constexpr std::array<char, 5> k_units = {'k', 'M', 'G', 'T', 'P'};
  if (count < 1000) return std::to_string(count);
  auto value = static_cast<double>(count);
  std::size_t unit = 0;
  for (value /= 1000; value >= 999.95 && unit + 1 < k_units.size(); ++unit) value /= 1000;
  std::array<char, 16> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f%c", value, k_units[unit]);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string seconds_text(double seconds) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.3f", std::clamp(seconds, 0.0, 1e10));
  return {text.data(), static_cast<std::size_t>(size)};
}

// RFC 4180; what a spreadsheet would take for a formula is left as it is, for programs read this.
std::string csv_text(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string joined(const std::vector<std::string>& topics, std::uint64_t count) {
  std::string out;
  for (const std::string& topic : topics) out += (out.empty() ? "" : " ") + topic;
  if (count > topics.size()) out += " +" + std::to_string(count - topics.size());
  return out;
}

// A JSON object with the time in front.
std::string timed(const std::string& object, base::WallTime now) {
  return "{\"time\":\"" + base::format_time(now) + "\"," + object.substr(1) + "\n";
}

// Named and typed as rtserve's own metrics.
std::string prometheus_text(const client::Stats& stats) {
  std::string out =
      "# HELP rtserve_subscriptions Subscriptions of open streams, by kind.\n"
      "# TYPE rtserve_subscriptions gauge\n";
  for (const auto& resource : model::k_resources) {
    out += "rtserve_subscriptions{kind=\"" + std::string(resource.singular) + "\"} " +
           std::to_string(stats.subscriptions[model::index_of(resource.kind)]) + '\n';
  }
  return out +
         "# HELP rtserve_streams Open streams.\n"
         "# TYPE rtserve_streams gauge\n"
         "rtserve_streams " +
         std::to_string(stats.total_clients) + '\n';
}

std::string csv_of(const client::Stats& stats, base::WallTime now, bool with_header) {
  std::string header = "time";
  std::string values = base::format_time(now);
  for (const std::string_view field : client::field_names()) {
    const auto value = client::field_text(stats, field);
    if (!value) continue;
    header += ',' + std::string(field);
    values += ',' + *value;
  }
  return (with_header ? header + '\n' : "") + values + '\n';
}

std::string csv_of(const client::OpenStreams& streams, base::WallTime now, bool with_header) {
  std::string out = with_header ? "time,user,address,age,events,bytes,lag,lagSeconds,slow,topics\n" : "";
  const std::string time = base::format_time(now);
  for (const client::OpenStream& stream : streams.rows) {
    out += time + ',' + csv_text(stream.user) + ',' + csv_text(stream.address) + ',' +
           seconds_text(stream.age_seconds) + ',' + std::to_string(stream.events) + ',' +
           std::to_string(stream.bytes) + ',' + std::to_string(stream.lag) + ',' +
           seconds_text(stream.lag_seconds) + ',' + (stream.is_slow ? "true" : "false") + ',' +
           csv_text(joined(stream.topics, stream.topic_count)) + '\n';
  }
  return out;
}

}  // namespace

std::vector<Line> table_of(const client::Stats& stats) {
  std::vector<Line> lines;
  for (const auto& resource : model::k_resources)
    lines.push_back(
        row(resource.plural, std::to_string(stats.subscriptions[model::index_of(resource.kind)])));
  lines.push_back(row("clients", std::to_string(stats.total_clients)));
  if (!stats.details) return lines;
  const client::StatsDetails& details = *stats.details;
  lines.push_back(row("instances", std::to_string(details.instances)));
  lines.push_back(row("uptime", duration_text(static_cast<double>(details.uptime_seconds))));
  lines.push_back(row("version", base::printable(details.version)));
  lines.push_back(row("events/s", client::field_text(stats, "rates.events").value_or("")));
  lines.push_back(row("deliveries/s", client::field_text(stats, "rates.deliveries").value_or("")));
  if (!details.topics.empty()) lines.insert(lines.end(), {{""}, {"SUBSCRIBERS  TOPIC"}});
  for (const auto& one : details.topics)
    lines.push_back({right(std::to_string(one.subscribers), 11) + "  " + base::printable(one.topic, 160)});
  return lines;
}

std::vector<Line> table_of(const client::OpenStreams& streams, base::WallTime now) {
  std::string head = base::format_time(now) + "  " + std::to_string(streams.count) + " streams, " +
                     std::to_string(streams.slow) + " slow";
  if (streams.missing_shards > 0)
    head += "; " + std::to_string(streams.missing_shards) + " of the server's threads did not answer";
  std::vector<Line> lines = {{head, streams.missing_shards > 0}};
  lines.push_back({left("USER", k_user_columns) + ' ' + left("ADDRESS", k_address_columns) +
                   "    AGE  EVENTS   BYTES     LAG   WAITS  TOPICS"});
  for (const client::OpenStream& stream : streams.rows) {
    lines.push_back({left(stream.user, k_user_columns) + ' ' + left(stream.address, k_address_columns) +
                         right(duration_text(stream.age_seconds), 7) + right(short_count(stream.events), 8) +
                         right(short_count(stream.bytes), 8) + right(short_count(stream.lag), 8) +
                         right(stream.is_slow ? duration_text(stream.lag_seconds) : "-", 8) + "  " +
                         base::printable(joined(stream.topics, stream.topic_count), 400),
                     stream.is_slow});
  }
  return lines;
}

std::string text_of(const client::Stats& stats, const Options& options, Format format, base::WallTime now,
                    bool with_header) {
  switch (format) {
    case Format::ndjson:
      return timed(client::to_json(stats), now);
    case Format::csv:
      return csv_of(stats, now, with_header);
    case Format::prom:
      return prometheus_text(stats);
    case Format::value:
      return client::field_text(stats, options.field).value_or("") + '\n';
    case Format::json:
    case Format::table:
      break;
  }
  return client::to_json(stats) + '\n';
}

std::string text_of(const client::OpenStreams& streams, Format format, base::WallTime now, bool with_header) {
  if (format == Format::csv) return csv_of(streams, now, with_header);
  if (format == Format::json) return streams.json + '\n';
  std::string out;
  for (const client::OpenStream& stream : streams.rows) out += timed(stream.json, now);
  return out;
}

}  // namespace rt::rtstat
