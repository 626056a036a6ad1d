// SPDX-License-Identifier: MIT
// Score: what became of each line of a feed: counted, the first rejections shown, a progress bar drawn while
// a file is read on a terminal, and the summary at the end. Writes to stderr. One instance, main thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gps/reader.h"
#include "rtpush/input.h"
#include "rtpush/options.h"

namespace rt::rtpush {

// Where an event stood.
struct Place {
  std::string file;  // empty: stdin
  std::size_t line = 0;
};

class Score {
 public:
  explicit Score(const Options& options);  // `options` outlives this

  void sent(std::uint64_t count) { sent_ += count; }
  void skipped(const Place& place, std::string_view reason);
  void rejected(const Place& place, std::string_view what);
  void doubtful(const Place& place, std::string_view what);
  void not_sent(std::uint64_t count) { not_sent_ += count; }
  // A whole input was read.
  void read(gps::Tally tally);

  void draw_progress(const Input& input, std::uint64_t bytes_read);
  void clear_progress();

  std::uint64_t rejections() const { return rejected_; }
  // "10000 lines: 9840 sent, 158 skipped (no fix), 2 rejected; 3.2 s, 3075/s"
  std::string summary() const;
  std::string summary_json(const std::string& last_id) const;

 private:
  using Steady = std::chrono::steady_clock;
  std::string skipped_text() const;
  double seconds() const { return std::chrono::duration<double>(Steady::now() - started_).count(); }

  const Options& options_;
  const bool bar_wanted_;
  std::optional<Steady::time_point> bar_drawn_;
  const Steady::time_point started_ = Steady::now();
  std::uint64_t count_ = 0;
  std::string_view unit_;  // of count_; "records" when inputs of several kinds were read
  std::uint64_t sent_ = 0, skipped_ = 0, rejected_ = 0, not_sent_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> skipped_by_reason_;  // a handful
};

}  // namespace rt::rtpush
