// SPDX-License-Identifier: MIT
#include "http/line.h"

#include <algorithm>
#include <array>

namespace rt::http {
namespace {

// Tab, space, visible characters and obs-text: what a line may hold before its end.
constexpr auto k_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < plain.size(); ++c) plain[c] = c != 0x7F;
  plain['\t'] = true;
  return plain;
}();

bool is_plain(char c) {
  return k_plain[static_cast<unsigned char>(c)];
}

void take(std::string_view& bytes, std::vector<char>& out, std::size_t count) {
  out.insert(out.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  bytes.remove_prefix(count);
}

}  // namespace

LineOutcome take_line(std::string_view& bytes, std::vector<char>& out, std::size_t line_start,
                      std::size_t line_bytes_max) {
  const std::size_t held = out.size() - line_start;
  const std::size_t room = line_bytes_max > held ? line_bytes_max - held : 0;
  const std::string_view window = bytes.substr(0, room);

  bool after_cr = held > 0 && out.back() == '\r';
  for (std::size_t i = 0; i < window.size(); ++i) {
    if (!after_cr) {
      while (i < window.size() && is_plain(window[i])) ++i;
      if (i == window.size()) break;
    }
    const char c = window[i];
    if (c == '\n' && after_cr) {
      take(bytes, out, i + 1);
      return LineOutcome::whole;
    }
    if (c != '\r' || after_cr) return LineOutcome::bad_character;
    after_cr = true;
  }
  take(bytes, out, window.size());
  return window.size() == room ? LineOutcome::too_long : LineOutcome::need_more;
}

}  // namespace rt::http
