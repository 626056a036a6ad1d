// SPDX-License-Identifier: MIT
#include "rtstat/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.h"

namespace rt::rtstat {
namespace {

constexpr const char* k_examples =
    "Examples:\n"
    "  rtstat -w -i 1                            # counts, again every second\n"
    "  rtstat -o value --field totalClients      # one number\n"
    "  rtstat --check --warn 'totalClients>5000' # for Nagios";

constexpr const char* k_top_examples =
    "Examples:\n"
    "  rtstat top                                # who is slow, refreshed\n"
    "  rtstat top --sort bytes --limit 5\n"
    "  rtstat top -o json | jq '.rows[].user'";

constexpr std::chrono::milliseconds k_interval_min{100};
constexpr std::uint64_t k_limit_max = 1000;

std::string check_field(const std::string& name) {
  const auto names = client::field_names();
  if (std::ranges::find(names, name) != names.end()) return {};
  std::string listed;
  for (const auto& one : names) listed += (listed.empty() ? "" : ", ") + std::string(one);
  const auto near = base::nearest(name, names);
  return "'" + base::printable(name, 40) + "' is no field" +
         (near.empty() ? "; there are " + listed : "; did you mean '" + std::string(near) + "'?");
}

std::string check_threshold(const std::string& text) {
  const auto threshold = parse_threshold(text);
  if (!threshold) return threshold.error();
  return check_field(threshold->field);
}

std::string check_limit(const std::string& text) {
  const auto limit = base::parse_unsigned(text);
  return limit && *limit >= 1 && *limit <= k_limit_max
             ? std::string()
             : "'" + base::printable(text, 40) + "' is no number from 1 to 1000";
}

void add_thresholds(CLI::App& app, const std::string& name, std::vector<Threshold>& thresholds,
                    const std::string& description) {
  const auto store = [&thresholds](const std::vector<std::string>& texts) {
    for (const auto& text : texts)
      if (auto threshold = parse_threshold(text)) thresholds.push_back(*std::move(threshold));
  };
  app.add_option_function<std::vector<std::string>>(name, store, description)
      ->type_name("EXPR")
      ->allow_extra_args(false)
      ->check(check_threshold);
}

void add_top(CLI::App& app, Options& options) {
  auto* top = app.add_subcommand("top", "Show the open streams, and which are slow");
  top->footer(k_top_examples);
  cli::add_choice(
      *top, "--sort", {client::k_stream_orders.begin(), client::k_stream_orders.end()},
      [&options](std::size_t i) { options.top.sort = static_cast<client::StreamOrder>(i); },
      "What comes first (default lag)");
  top->add_option("--limit", options.top.limit, "How many, at most (default 20)")
      ->type_name("N")
      ->check(check_limit);
  top->add_option("--admin", options.top.admin, "The server's admin listener (default http://127.0.0.1:3001)")
      ->type_name("URL");
  top->callback([&options] { options.command = Command::top; });
}

// What does not go together, or makes no sense alone.
void settle(Options& options) {
  const bool is_value = options.format == Format::value;
  if (options.command == Command::top) {
    if (is_value || options.format == Format::prom || options.details || options.check ||
        options.scope == client::StatsScope::cluster || !options.field.empty()) {
      throw CLI::ValidationError(
          "--details, --scope, --check and the formats prom and value are of the counts, not of top");
    }
  }
  if (is_value != !options.field.empty())
    throw CLI::ValidationError(is_value ? "-o value needs --field" : "--field is for -o value");
  if (!options.check && !(options.warn.empty() && options.crit.empty()))
    throw CLI::ValidationError("--warn and --crit are for --check");
  if (options.check && (options.watch || options.format))
    throw CLI::ValidationError("--check goes with neither --watch nor --output");
}

}  // namespace

void define_options(CLI::App& app, Options& options) {
  cli::prepare(app, "rtstat", RT_VERSION);
  app.description("Show how many follow orders, delivery runs and drivers at an rtserve.");
  app.footer(k_examples);
  cli::add_choice(
      app, "-o,--output", {"table", "json", "ndjson", "csv", "prom", "value"},
      [&options](std::size_t i) { options.format = static_cast<Format>(i); },
      "Output format (default table on a terminal, else json)");
  app.add_option("--field", options.field, "Which number -o value prints")
      ->type_name("FIELD")
      ->check(check_field);
  cli::add_choice(
      app, "--scope", {"instance", "cluster"},
      [&options](std::size_t i) { options.scope = static_cast<client::StatsScope>(i); },
      "That server, or all on the same Redis (default instance)");
  app.add_flag("--details", options.details, "Also topics, rates, uptime, version, instances");
  app.add_flag("--check", options.check, "One line and an exit code of 0 to 3, for Nagios")
      ->configurable(false);
  add_thresholds(app, "--warn", options.warn, "As 'totalClients>5000': exit with 1. Repeatable");
  add_thresholds(app, "--crit", options.crit, "As 'instances<2': exit with 2. Repeatable");
  app.add_flag("-w,--watch", options.watch, "Keep refreshing");
  cli::add_duration(app, "-i,--interval", options.interval, "Time between two refreshes (default 2)")
      ->check([](const std::string& text) {
        return cli::parse_seconds(text).value_or(k_interval_min) >= k_interval_min ? std::string()
                                                                                   : "at least 100ms";
      });
  cli::add_duration(app, "-W,--timeout", options.timeout, "Give up after that time (default 10)");
  cli::add_client_options(app, options.client);
  add_top(app, options);
  app.final_callback([&options] { settle(options); });
}

}  // namespace rt::rtstat
