// SPDX-License-Identifier: MIT
// Screen: lines on standard output, one below the other or, in place, over those of before. In place nothing
// is longer than the terminal is wide, nor more than it is high, or going back would miss. Main thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"

namespace rt::rtstat {

struct Line {
  std::string text;
  bool stands_out = false;
};

class Screen {
 public:
  Screen(bool in_place, bool in_color) : in_place_(in_place), in_color_(in_color) {}

  base::Result<void> show(const std::vector<Line>& lines);
  // Something else was written: the next lines come below it.
  void leave() { lines_shown_ = 0; }

 private:
  bool in_place_;
  bool in_color_;
  std::size_t lines_shown_ = 0;
};

}  // namespace rt::rtstat
