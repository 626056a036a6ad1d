// SPDX-License-Identifier: MIT
#include "http/line.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

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

// Eight at a time, for every byte of every request comes by here; where one of them may be below a space or
// DEL, one by one.
bool all_plain(std::string_view text) {
  constexpr std::uint64_t k_ones = 0x0101010101010101;
  constexpr std::uint64_t k_tops = 0x80 * k_ones;
  for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data(), sizeof eight);
    const std::uint64_t from_del = eight ^ (0x7F * k_ones);
    const std::uint64_t suspects = ((eight - 0x20 * k_ones) & ~eight) | ((from_del - k_ones) & ~from_del);
    if ((suspects & k_tops) != 0 && !std::ranges::all_of(text.substr(0, sizeof eight), is_plain))
      return false;
  }
  return std::ranges::all_of(text, is_plain);
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
      const std::size_t end = std::min(window.find('\r', i), window.size());
      if (!all_plain(window.substr(i, end - i))) return LineOutcome::bad_character;
      i = end;
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
