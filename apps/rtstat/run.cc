// SPDX-License-Identifier: MIT
#include "rtstat/run.h"

#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/clock.h"
#include "cli/standard_output.h"
#include "client/refusal.h"
#include "rtstat/formats.h"
#include "rtstat/screen.h"

namespace rt::rtstat {
namespace {

bool is_passing(const base::Error& error) {
  return error.kind == base::ErrorKind::unavailable || error.kind == base::ErrorKind::busy ||
         error.kind == base::ErrorKind::timeout;
}

// What `fetch` of a connection gives, and whether it was the time that ran out.
template <class Fetch>
auto ask(client::Server server, std::chrono::milliseconds timeout, Fetch fetch)
    -> decltype(fetch(std::declval<client::HttpConnection&>())) {
  const auto connection = client::HttpConnection::open(std::move(server));
  if (!connection) return std::unexpected(connection.error());
  const base::SystemClock clock;
  const base::SteadyTime until = clock.steady() + timeout;
  auto answer = fetch(**connection);
  if (!answer && answer.error().kind == base::ErrorKind::unavailable && clock.steady() >= until)
    answer.error().kind = base::ErrorKind::timeout;
  return answer;
}

bool wants_details(const Options& options) {
  const auto names_one = [](const Threshold& threshold) { return client::is_detail(threshold.field); };
  return options.details || client::is_detail(options.field) ||
         std::ranges::any_of(options.warn, names_one) || std::ranges::any_of(options.crit, names_one);
}

base::Result<client::Stats> ask_stats(const Options& options) {
  auto server = cli::make_server(options.client);
  if (!server) return std::unexpected(server.error());
  const std::string token = server->token;
  const auto depth = wants_details(options) ? client::StatsDepth::details : client::StatsDepth::counts;
  auto stats = ask(*std::move(server), options.timeout, [&](client::HttpConnection& connection) {
    return client::fetch_stats(connection, options.scope, depth, options.timeout);
  });
  if (!stats) client::explain_denial(stats.error(), token, base::SystemClock().wall());
  return stats;
}

// The admin listener wants no token, so it gets none.
base::Result<client::OpenStreams> ask_streams(const Options& options) {
  client::Server server;
  server.url = options.top.admin;
  auto streams = ask(std::move(server), options.timeout, [&](client::HttpConnection& connection) {
    return client::fetch_streams(connection, options.top.sort, options.top.limit, options.timeout);
  });
  const bool is_elsewhere = !streams && (streams.error().kind == base::ErrorKind::unavailable ||
                                         streams.error().kind == base::ErrorKind::not_found);
  if (is_elsewhere) streams.error().hint = "is that where rtserve's admin listener is? see --admin";
  return streams;
}

base::Result<void> show(const client::Stats& stats, const Options& options, Format format, Screen& screen,
                        bool is_first) {
  if (format == Format::table) return screen.show(table_of(stats));
  return cli::write_out(text_of(stats, options, format, base::SystemClock().wall(), is_first));
}

base::Result<void> show(const client::OpenStreams& streams, const Options&, Format format, Screen& screen,
                        bool is_first) {
  const base::WallTime now = base::SystemClock().wall();
  if (format == Format::table) return screen.show(table_of(streams, now));
  return cli::write_out(text_of(streams, format, now, is_first));
}

template <class Ask>
base::Result<void> keep_showing(const Options& options, Ask ask_once, Format in_a_pipe,
                                bool watch_on_terminal) {
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  const Format format = options.format.value_or(is_terminal ? Format::table : in_a_pipe);
  const bool watch = options.watch || (watch_on_terminal && is_terminal && !options.format);
  Screen screen(watch && is_terminal && format == Format::table,
                cli::color_wanted(options.client.color, STDOUT_FILENO));
  for (bool is_first = true;; is_first = false) {
    const auto answer = ask_once(options);
    if (answer) {
      if (auto shown = show(*answer, options, format, screen, is_first); !shown) return shown;
    } else if (is_first || !watch || !is_passing(answer.error())) {
      return std::unexpected(answer.error());
    } else {
      cli::notice(options.client, "rtstat", answer.error().what);
      screen.leave();
    }
    if (!watch) return {};
    cli::wait_while_read(options.interval);
  }
}

}  // namespace

base::Result<void> run(const Options& options) {
  // As top(1): on a terminal it goes on until it is ended.
  if (options.command == Command::top) return keep_showing(options, ask_streams, Format::ndjson, true);
  return keep_showing(options, ask_stats, Format::json, false);
}

base::Result<Verdict> run_check(const Options& options) {
  const auto stats = ask_stats(options);
  const CheckResult result = stats ? check(*stats, options.warn, options.crit) : check_failed(stats.error());
  if (auto written = cli::write_out(result.line); !written) return std::unexpected(written.error());
  return result.verdict;
}

}  // namespace rt::rtstat
