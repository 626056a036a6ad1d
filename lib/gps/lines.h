// SPDX-License-Identifier: MIT
// LineCutter: pieces of any size in, whole lines out, numbered from 1, without LF or CRLF. A line over the
// bound is reported when it ends and takes no memory. Pure; one instance per input, one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace rt::gps {

class LineCutter {
 public:
  explicit LineCutter(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

  std::function<void(std::size_t number, std::string_view line)> on_line;
  std::function<void(std::size_t number)> on_too_long;

  void feed(std::string_view bytes);
  // A last line without a line end counts too.
  void finish();

 private:
  void end_line(std::string_view last_piece);

  std::size_t line_bytes_max_;
  std::size_t number_ = 1;
  std::string held_;
  bool too_long_ = false;
};

}  // namespace rt::gps
