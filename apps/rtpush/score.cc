// SPDX-License-Identifier: MIT
#include "rtpush/score.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "model/json.h"
#include "rtpush/run.h"

namespace rt::rtpush {
namespace {

constexpr std::uint64_t k_rejections_shown_max = 10;
constexpr std::chrono::milliseconds k_bar_interval{100};
constexpr std::size_t k_bar_columns = 30;

// A terminal that can take back what it shows.
bool is_screen(int descriptor) {
  const char* term = std::getenv("TERM");
  return isatty(descriptor) == 1 && (term == nullptr || std::string_view(term) != "dumb");
}

std::size_t columns_of(int descriptor) {
  winsize size{};
  const bool is_known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : 80;
}

std::string one_decimal(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

void print_place(const Place& place, const std::string& what) {
  const std::string file = place.file.empty() ? std::string{} : base::printable(place.file, 400) + ": ";
  std::fprintf(stderr, "%s: %sline %zu: %s\n", k_program, file.c_str(), place.line, what.c_str());
}

}  // namespace

Score::Score(const Options& options)
    : options_(options), bar_wanted_(!options.client.quiet && !options.dry_run && is_screen(STDERR_FILENO)) {}

void Score::skipped(const Place& place, std::string_view reason) {
  ++skipped_;
  ++skipped_by_reason_[std::string(reason)];
  if (options_.client.verbose > 0 && !options_.client.quiet) {
    clear_progress();
    print_place(place, "skipped: " + std::string(reason));
  }
}

void Score::rejected(const Place& place, std::string_view what) {
  if (++rejected_ <= k_rejections_shown_max) {
    clear_progress();
    print_place(place, std::string(what));
  }
}

void Score::doubtful(const Place& place, std::string_view what) {
  if (!options_.client.quiet) {
    clear_progress();
    print_place(place, std::string(what));
  }
}

void Score::read(gps::Tally tally) {
  count_ += tally.count;
  unit_ = unit_.empty() || unit_ == tally.unit ? tally.unit : "records";
}

void Score::draw_progress(const Input& input, std::uint64_t bytes_read) {
  const auto now = Steady::now();
  if (!bar_wanted_ || input.bytes_total() == 0 || (bar_drawn_ && now - *bar_drawn_ < k_bar_interval)) {
    return;
  }
  bar_drawn_ = now;
  const double part =
      std::min(1.0, static_cast<double>(bytes_read) / static_cast<double>(input.bytes_total()));
  std::string line = "\r[" + std::string(static_cast<std::size_t>(part * k_bar_columns), '#');
  line.resize(2 + k_bar_columns, ' ');
  const auto percent = std::to_string(static_cast<int>(part * 100));
  line += "] " + std::string(3 - percent.size(), ' ') + percent + " %  " + std::to_string(sent_) + " sent";
  // What does not fit would begin a new line with each drawing.
  if (const auto columns = columns_of(STDERR_FILENO); line.size() > columns) {
    line.erase(1, std::min(k_bar_columns + 3, line.size() - 1));
    line.resize(std::min(line.size(), columns));
  }
  std::fprintf(stderr, "%s\x1b[K", line.c_str());
}

void Score::clear_progress() {
  if (bar_drawn_) {
    bar_drawn_.reset();
    std::fputs("\r\x1b[K", stderr);
  }
}

// "0 skipped", "158 skipped (no fix)", "158 skipped (100 no fix, 58 too soon)"
std::string Score::skipped_text() const {
  std::string reasons;
  for (const auto& [reason, count] : skipped_by_reason_) {
    reasons += (reasons.empty() ? "" : ", ") +
               (skipped_by_reason_.size() == 1 ? reason : std::to_string(count) + " " + reason);
  }
  return std::to_string(skipped_) + " skipped" + (reasons.empty() ? "" : " (" + reasons + ")");
}

std::string Score::summary() const {
  std::string unit(unit_.empty() ? "lines" : unit_);
  if (count_ == 1) {
    unit.pop_back();
  }
  std::string text = std::to_string(count_) + " " + unit + ": " + std::to_string(sent_) +
                     (options_.dry_run ? " valid, " : " sent, ") + skipped_text() + ", " +
                     std::to_string(rejected_) + " rejected";
  if (not_sent_ > 0) {
    text += ", " + std::to_string(not_sent_) + " not sent";
  }
  const double passed = seconds();
  const double rate = static_cast<double>(sent_) / std::max(passed, 0.001);
  return text + "; " + one_decimal(passed) + " s, " + std::to_string(static_cast<std::uint64_t>(rate)) + "/s";
}

std::string Score::summary_json(const std::string& last_id) const {
  std::string json = "{\"" + std::string(unit_.empty() ? "lines" : unit_) + "\":" + std::to_string(count_) +
                     ",\"sent\":" + std::to_string(sent_) + ",\"skipped\":" + std::to_string(skipped_) +
                     ",\"rejected\":" + std::to_string(rejected_) +
                     ",\"notSent\":" + std::to_string(not_sent_) + ",\"seconds\":" + one_decimal(seconds()) +
                     ",\"lastId\":";
  if (last_id.empty()) {
    json += "null";
  } else {
    model::append_json_string(json, last_id);
  }
  return json + "}";
}

}  // namespace rt::rtpush
