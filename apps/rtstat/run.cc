// SPDX-License-Identifier: MIT
#include "rtstat/run.h"

#include <unistd.h>

#include <string>

#include "base/clock.h"
#include "cli/standard_output.h"
#include "client/refusal.h"
#include "client/stats.h"

namespace rt::rtstat {
namespace {

base::Result<client::Stats> ask(const Options& options) {
  auto server = cli::make_server(options.client);
  if (!server) return std::unexpected(server.error());
  const std::string token = server->token;
  const auto connection = client::HttpConnection::open(*std::move(server));
  if (!connection) return std::unexpected(connection.error());
  const base::SystemClock clock;
  const base::SteadyTime until = clock.steady() + options.timeout;
  auto stats = client::fetch_stats(**connection, options.scope, options.timeout);
  if (!stats && stats.error().kind == base::ErrorKind::unavailable && clock.steady() >= until) {
    stats.error().kind = base::ErrorKind::timeout;
  }
  if (!stats) client::explain_denial(stats.error(), token, clock.wall());
  return stats;
}

std::string row(std::string name, std::uint64_t count) {
  constexpr std::size_t k_name_columns = 10;
  constexpr std::size_t k_count_columns = 10;
  name.resize(k_name_columns, ' ');
  std::string number = std::to_string(count);
  if (number.size() < k_count_columns) number.insert(0, k_count_columns - number.size(), ' ');
  return name + number + "\033[K\n";
}

// Each line clears what stood behind it; rows_up() goes back to the first.
std::string table_of(const client::Stats& stats) {
  std::string out;
  for (const auto& resource : model::k_resources) {
    out += row(std::string(resource.plural), stats.subscriptions[model::index_of(resource.kind)]);
  }
  return out + row("clients", stats.total_clients);
}

std::string without_clearing(std::string table) {
  constexpr std::string_view k_clear = "\033[K";
  for (auto at = table.find(k_clear); at != std::string::npos; at = table.find(k_clear))
    table.erase(at, k_clear.size());
  return table;
}

std::string rows_up() {
  return "\033[" + std::to_string(model::k_kind_count + 1) + "A";
}

bool is_passing(const base::Error& error) {
  return error.kind == base::ErrorKind::unavailable || error.kind == base::ErrorKind::busy ||
         error.kind == base::ErrorKind::timeout;
}

}  // namespace

base::Result<void> run(const Options& options) {
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  const Format format = options.format.value_or(is_terminal ? Format::table : Format::json);
  const bool in_place = options.watch && is_terminal && format == Format::table;
  bool has_table = false;
  for (bool is_first = true;; is_first = false) {
    const auto stats = ask(options);
    if (stats) {
      std::string text = format == Format::json ? client::to_json(*stats) + "\n" : table_of(*stats);
      if (!in_place) text = without_clearing(std::move(text));
      if (auto written = cli::write_out(in_place && has_table ? rows_up() + text : text); !written)
        return written;
      has_table = true;
    } else if (is_first || !options.watch || !is_passing(stats.error())) {
      return std::unexpected(stats.error());
    } else {
      cli::notice(options.client, "rtstat", stats.error().what);
      // The notice stands below the table on a terminal; the next one starts anew.
      has_table = false;
    }
    if (!options.watch) return {};
    cli::wait_while_read(options.interval);
  }
}

}  // namespace rt::rtstat
