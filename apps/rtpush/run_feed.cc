// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "cli/exit_code.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "model/event.h"
#include "rtpush/input.h"
#include "rtpush/interrupt.h"
#include "rtpush/outbox.h"
#include "rtpush/pace.h"
#include "rtpush/publish_one.h"
#include "rtpush/raw_reader.h"
#include "rtpush/run.h"
#include "rtpush/score.h"

namespace rt::rtpush {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

// Longer than between the sentences of one epoch, shorter than between epochs.
constexpr milliseconds k_quiet_after{200};
constexpr milliseconds k_for_ever{-1};

std::string event_json(const std::string& driver, model::Position position) {
  model::Event event{.topic = {model::Kind::driver, driver}, .payload = {}, .timestamp = {}};
  if (const auto time = std::exchange(position.time, std::nullopt)) {
    event.timestamp = base::format_time(*time);
  }
  event.payload = model::to_location_json(position);
  std::string json;
  model::append_event_json(json, event);
  return json;
}

// One run of `gps` or `raw`: reads its inputs one after the other into the outbox, until they end, something
// fails, a signal comes, or --on-error says stop.
class Feed {
 public:
  Feed(const Options& options, std::unique_ptr<client::Publisher> publisher)
      : options_(options),
        feed_(options.feed),
        score_(options),
        outbox_(std::move(publisher), options, score_),
        sieve_(feed_.sieve) {
    if (feed_.replay) {
      pace_.emplace(*feed_.replay);
    }
  }

  int run() {
    if (feed_.files.empty()) {
      read_input("-");
    }
    for (const auto& file : feed_.files) {
      if (!is_over()) {
        read_input(file);
      }
    }
    return finish();
  }

 private:
  bool is_over() const {
    return failure_ || caught_signal() != 0 || (feed_.on_error == OnError::stop && score_.rejections() > 0);
  }

  // What has failed first is what is reported.
  void note(base::Result<void> result) {
    if (!result && !failure_) {
      failure_ = std::move(result).error();
    }
  }

  void read_input(const std::string& path) {
    auto input = Input::open(path);
    if (!input) {
      failure_ = std::move(input).error();
      return;
    }
    file_ = path == "-" ? std::string{} : path;
    reader_ = make_reader();
    stopped_at_.reset();
    const bool keeps_newest = input->is_live() && options_.command == Command::gps && !pace_;
    outbox_.when_away(keeps_newest ? WhenAway::keep_newest : WhenAway::wait);
    read_all(*input);
    score_.clear_progress();
    score_.read(stopped_at_.value_or(reader_->tally()));
  }

  void read_all(Input& input) {
    std::uint64_t bytes_read = 0;
    std::optional<Steady::time_point> flush_at;  // of a live input
    while (!is_over()) {
      const auto piece = input.read(time_until(flush_at));
      if (!piece) {
        note(std::unexpected(piece.error()));
        return;
      }
      if (piece->is_quiet) {
        if (flush_at && *flush_at <= Steady::now()) {
          reader_->flush();
          flush_at.reset();
        }
      } else if (piece->bytes.empty()) {
        break;
      } else {
        bytes_read += piece->bytes.size();
        reader_->feed(piece->bytes);
        flush_at = input.is_live() ? std::optional(Steady::now() + k_quiet_after) : std::nullopt;
      }
      if (input.is_live()) {
        send();
      }
      score_.draw_progress(input, bytes_read);
    }
    if (!is_over()) {
      reader_->finish();
    }
    send();
  }

  // Until there is something to do although no input has come.
  milliseconds time_until(std::optional<Steady::time_point> flush_at) const {
    auto next = outbox_.next_attempt();
    if (flush_at && (!next || *flush_at < *next)) {
      next = flush_at;
    }
    if (!next) {
      return k_for_ever;
    }
    return std::max(std::chrono::ceil<milliseconds>(*next - Steady::now()), milliseconds(0));
  }

  std::unique_ptr<gps::Reader> make_reader() {
    const auto rejected = [this](std::size_t line, const std::string& what) { reject(line, what); };
    const auto skipped = [this](std::size_t line, std::string_view reason) {
      if (!is_over()) {
        score_.skipped({file_, line}, reason);
      }
    };
    const auto doubtful = [this](std::size_t line, const std::string& what) {
      score_.doubtful({file_, line}, what);
    };
    if (options_.command == Command::raw) {
      return make_raw_reader({
          .event = [this](std::size_t line, const std::string& json) { add(line, {}, json); },
          .rejected = rejected,
      });
    }
    return gps::make_reader(feed_.reader, {
                                              .fix = [this](gps::Fix fix) { take(std::move(fix)); },
                                              .skipped = skipped,
                                              .rejected = rejected,
                                              .doubtful = doubtful,
                                          });
  }

  void reject(std::size_t line, const std::string& what) {
    if (is_over()) {
      return;
    }
    score_.rejected({file_, line}, what);
    if (is_over()) {
      stopped_at_ = reader_->tally();
    }
  }

  void take(gps::Fix fix) {
    if (is_over()) {
      leave();
      return;
    }
    const auto& driver = feed_.driver.empty() ? fix.driver : feed_.driver;
    if (driver.empty()) {
      const auto& field = feed_.reader.driver_field;
      reject(fix.line, field.empty() ? "no driver: neither on the command line nor in the input"
                                     : "no driver: " + base::printable(field) + " is missing");
      return;
    }
    if (!model::is_valid_id(driver)) {
      reject(fix.line, "driver '" + base::printable(driver, 40) + "' is no id");
      return;
    }
    if (const auto why = sieve_.hold_back(driver, fix.position, base::SystemClock().wall())) {
      score_.skipped({file_, fix.line}, *why);
      return;
    }
    if (pace_) {
      pace_->wait_for(fix.position.time);
    }
    add(fix.line, driver, event_json(driver, fix.position));
    if (pace_) {
      send();
    }
  }

  void add(std::size_t line, const std::string& driver, const std::string& json) {
    if (is_over()) {
      leave();
      return;
    }
    note(outbox_.add({file_, line}, driver, json));
  }

  // What was read and is not sent, since a signal or a failure came first, so that the summary adds up. What
  // follows the end by --on-error is not counted as read.
  void leave() {
    if (!stopped_at_) {
      score_.not_sent(1);
    }
  }

  void send() {
    if (!failure_) {
      note(outbox_.send());
    }
  }

  int finish() {
    if (!failure_) {
      note(outbox_.finish());
    }
    cli::notice(options_.client, k_program, score_.summary());
    if (options_.output == OutputFormat::json && !options_.dry_run) {
      note(cli::write_out(score_.summary_json(outbox_.last_id()) + "\n"));
    }
    const int failed = failure_ ? cli::report(k_program, *failure_) : cli::k_ok;
    if (caught_signal() == SIGALRM) {
      cli::notice(options_.client, k_program,
                  "no more time after " + base::format_duration(options_.timeout));
      return cli::k_timeout;
    }
    if (caught_signal() != 0) {
      cli::end_by_signal(caught_signal());
    }
    if (failure_) {
      return failed;
    }
    return score_.rejections() > 0 ? cli::k_data_rejected : cli::k_ok;
  }

  const Options& options_;
  const FeedOptions& feed_;
  Score score_;
  Outbox outbox_;
  gps::Sieve sieve_;
  std::optional<Pace> pace_;
  std::string file_;  // being read; empty: stdin
  std::unique_ptr<gps::Reader> reader_;
  std::optional<gps::Tally> stopped_at_;  // what was read when --on-error stopped it
  std::optional<base::Error> failure_;
};

// A missing file is told before anything is sent.
base::Result<void> check_files(const std::vector<std::string>& files) {
  for (const auto& file : files) {
    if (file != "-" && access(file.c_str(), R_OK) != 0) {
      return base::fail(base::ErrorKind::not_found, base::printable(file, 400) + ": " + std::strerror(errno));
    }
  }
  return {};
}

}  // namespace

int run_feed(const Options& options) {
  if (const auto found = check_files(options.feed.files); !found) {
    return cli::report(k_program, found.error());
  }
  std::unique_ptr<client::Publisher> publisher;
  if (options.dry_run) {
    cli::watch_reader(std::nullopt, {});
  } else {
    auto opened = open_publisher(options);
    if (!opened) {
      return cli::report(k_program, opened.error());
    }
    publisher = *std::move(opened);
  }
  catch_interrupts(options.timeout);
  return Feed(options, std::move(publisher)).run();
}

}  // namespace rt::rtpush
