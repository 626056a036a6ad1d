// SPDX-License-Identifier: MIT
#include "gps/lines.h"

namespace rt::gps {

void LineCutter::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end != std::string_view::npos) {
      end_line(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
      continue;
    }
    if (too_long_ || held_.size() + bytes.size() > line_bytes_max_) {
      too_long_ = true;
      held_.clear();
    } else {
      held_.append(bytes);
    }
    return;
  }
}

void LineCutter::finish() {
  if (too_long_ || !held_.empty()) {
    end_line({});
  }
}

void LineCutter::end_line(std::string_view last_piece) {
  const auto number = number_++;
  if (too_long_ || held_.size() + last_piece.size() > line_bytes_max_) {
    too_long_ = false;
    held_.clear();
    on_too_long(number);
    return;
  }
  if (!held_.empty()) {
    held_.append(last_piece);
    last_piece = held_;
  }
  if (last_piece.ends_with('\r')) {
    last_piece.remove_suffix(1);
  }
  on_line(number, last_piece);
  held_.clear();
}

}  // namespace rt::gps
