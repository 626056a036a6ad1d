// SPDX-License-Identifier: MIT
#include "rtstat/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "cli/standard_output.h"

namespace rt::rtstat {
namespace {

// Where the terminal does not say.
constexpr std::size_t k_columns = 80;
constexpr std::size_t k_rows = 24;

struct Size {
  std::size_t columns = k_columns;
  std::size_t rows = k_rows;
};

Size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

// A character counts as one column.
std::string_view first_columns(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  for (; columns > 0 && bytes < text.size(); --columns)
    bytes += std::max<std::size_t>(base::utf8_length(text.substr(bytes)), 1);
  return text.substr(0, bytes);
}

}  // namespace

base::Result<void> Screen::show(const std::vector<Line>& lines) {
  const Size size = in_place_ ? terminal_size() : Size{};
  // The last row is the cursor's.
  const std::size_t count = in_place_ ? std::min(lines.size(), size.rows - 1) : lines.size();
  std::string out;
  if (in_place_ && lines_shown_ > 0)
    out += "\033[" + std::to_string(std::min(lines_shown_, size.rows - 1)) + "A\r";
  for (std::size_t at = 0; at < count; ++at) {
    const Line& line = lines[at];
    const bool is_bold = in_color_ && line.stands_out;
    if (is_bold) out += "\033[1;31m";
    out += in_place_ ? first_columns(line.text, size.columns) : std::string_view(line.text);
    if (is_bold) out += "\033[0m";
    out += in_place_ ? "\033[K\n" : "\n";
  }
  if (in_place_) out += "\033[J";
  lines_shown_ = count;
  return cli::write_out(out);
}

}  // namespace rt::rtstat
