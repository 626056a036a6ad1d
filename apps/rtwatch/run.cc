// SPDX-License-Identifier: MIT
#include "rtwatch/run.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "cli/event_view.h"
#include "cli/exit_code.h"
#include "cli/standard_output.h"
#include "client/event_source.h"
#include "rtwatch/curl.h"
#include "rtwatch/exec_command.h"
#include "rtwatch/notices.h"
#include "rtwatch/state_file.h"
#include "rtwatch/target.h"

namespace rt::rtwatch {
namespace {

// Shared with the thread of the timeout.
std::atomic<std::uint64_t> events_seen = 0;

class Printer {
 public:
  explicit Printer(const Options& options)
      : options_(options),
        format_(options.format.value_or(isatty(STDOUT_FILENO) == 1 ? cli::EventFormat::pretty
                                                                   : cli::EventFormat::ndjson)),
        colors_(cli::color_wanted(options.client.color, STDOUT_FILENO) ? cli::Colors::ansi
                                                                       : cli::Colors::none) {}

  bool is_json() const { return format_ != cli::EventFormat::pretty && format_ != cli::EventFormat::csv; }

  // What stands before the first event. A state that cannot be kept shows here, not after it.
  base::Result<void> begin(const std::string& last_event_id) {
    if (auto kept = state_.keep(last_event_id); !kept) return kept;
    return format_ == cli::EventFormat::csv && options_.exec.empty() ? cli::write_out(cli::csv_header())
                                                                     : base::Result<void>();
  }

  // False when it was the last one wanted, or could not be printed.
  bool print(const sse::Message& message) {
    const cli::ReceivedEvent event{message.last_event_id, message.type, message.data, clock_.wall()};
    if (written_) written_ = options_.exec.empty() ? write(event) : execute(event);
    if (written_) written_ = state_.keep(message.last_event_id);
    const std::uint64_t seen = ++events_seen;
    return written_ && seen != options_.count && !is_last(message.data);
  }

  // The stream begins at this id.
  void begin_at(const std::string& id) {
    if (written_) written_ = state_.keep(id);
  }

  const base::Result<void>& written() const { return written_; }

 private:
  base::Result<void> write(const cli::ReceivedEvent& event) {
    const auto text = cli::format_event(event, format_, colors_);
    return format_ == cli::EventFormat::pretty ? cli::write_out(text) : cli::write_plain(text);
  }

  base::Result<void> execute(const cli::ReceivedEvent& event) {
    const auto line = cli::format_event(event, cli::EventFormat::ndjson, cli::Colors::none);
    const auto ended = exec_command(options_.exec, event.id, event.type, line);
    if (!ended) return std::unexpected(ended.error());
    if (!ended->empty()) cli::notice(options_.client, "rtwatch", "--exec: " + *ended);
    return {};
  }

  bool is_last(std::string_view data) {
    if (options_.until.empty()) return false;
    const auto view = cli::view_event(data);
    if (!view) return false;
    const auto at = options_.until.find('=');
    const std::string_view until = options_.until;
    warn_if_mistyped(*view, until.substr(0, at));
    return cli::field_is(*view, until.substr(0, at), until.substr(at + 1));
  }

  // A field that never comes would be waited for without a word. Said once.
  void warn_if_mistyped(const cli::EventView& view, std::string_view name) {
    if (has_warned_ || cli::field_text(view, name)) return;
    std::vector<std::string_view> names;
    for (const auto& member : view.payload) names.emplace_back(member.key);
    const auto near = base::nearest(name, names);
    if (near.empty()) return;
    has_warned_ = true;
    cli::notice(options_.client, "rtwatch",
                "--until: no '" + base::printable(name) + "' in the event; did you mean '" +
                    base::printable(near) + "'?");
  }

  const Options& options_;
  cli::EventFormat format_;
  cli::Colors colors_;
  base::SystemClock clock_;
  StateFile state_{options_.state_file};
  base::Result<void> written_;
  bool has_warned_ = false;
};

void start_watcher(const Options& options) {
  std::optional<std::chrono::milliseconds> timeout;
  if (options.timeout.count() > 0) timeout = options.timeout;
  cli::watch_reader(timeout, [&options] {
    const auto seen = events_seen.load();
    cli::notice(options.client, "rtwatch",
                "no more time: " + std::to_string(seen) + (seen == 1 ? " event in " : " events in ") +
                    base::format_duration(options.timeout));
    return static_cast<int>(cli::k_timeout);
  });
}

base::Result<std::string> where_to_begin(const Options& options) {
  return options.last_event_id.empty() ? StateFile(options.state_file).read() : options.last_event_id;
}

}  // namespace

base::Result<void> run(const Options& options) {
  const auto target = find_target(options);
  if (!target) return std::unexpected(target.error());
  const auto last_event_id = where_to_begin(options);
  if (!last_event_id) return std::unexpected(last_event_id.error());
  if (options.print_curl) return cli::write_out(curl_command(options, *target, *last_event_id) + "\n");
  Printer printer(options);
  Notices notices(options, printer.is_json());
  start_watcher(options);

  client::EventSource source({.path = target->path,
                              .last_event_id = *last_event_id,
                              .backoff = options.backoff,
                              .head_timeout = std::chrono::seconds(10),
                              .heartbeat = std::chrono::seconds(15)},
                             [&options, &target] {
                               auto server = cli::make_server(options.client);
                               if (server) server->url = target->server;
                               if (server && !target->takes_token) server->token.clear();
                               return server;
                             });
  source.on_event = [&printer](const sse::Message& message) { return printer.print(message); };
  source.on_open = [&notices](const client::Server& server) { notices.opened(server); };
  source.on_control = [&](const client::Control& control) {
    notices.control(control);
    printer.begin_at(source.last_event_id());
  };
  source.on_comment = [&notices](std::string_view text) { notices.comment(text); };
  source.on_lost = [&notices](const client::Lost& lost) { notices.lost(lost); };

  if (!target->takes_token && (!options.client.token.empty() || !options.client.token_file.empty())) {
    notices.remark("no token is sent to " + target->server + ": it is not --server");
  }
  if (auto begun = printer.begin(*last_event_id); !begun) return begun;
  const auto ending = source.run();
  if (!ending) {
    notices.closed(ending.error().what);
    return std::unexpected(ending.error());
  }
  if (!printer.written()) return printer.written();
  const bool is_servers = *ending == client::Ending::no_content;
  const char* why = is_servers ? "the server has nothing more to send" : "seen enough";
  // Who set no end is told of it.
  if (is_servers && !options.notices) {
    notices.remark(why);
  } else {
    notices.closed(why);
  }
  return {};
}

}  // namespace rt::rtwatch
