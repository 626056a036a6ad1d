// SPDX-License-Identifier: MIT
// Reading and writing of small texts: numbers, durations, sizes, percent-encoding, "did you mean".
// Pure; any thread. Nothing here knows of JSON, HTTP or topics.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rt::base {

bool is_digit(char c);
inline char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string to_lower(std::string_view text);
inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}
// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

// The whole text is a decimal number without sign, space or leading '+'; nothing when it is not or overflows.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
// The whole text is a decimal number within the range of double ("-79.3832", "1e5"); no leading '+', no
// hexadecimal, no "nan", no "inf".
std::optional<double> parse_decimal(std::string_view text);

// "250ms", "15s", "10m", "1h", "7d", or "0"; a bare number is seconds, a fraction is fine ("0.5", "1.5h").
// Whole milliseconds, at most ten years; what is above 0 and less than a millisecond is refused.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// The largest unit that needs no fraction: 90000 ms is "90s", 120000 ms is "2m", 0 is "0".
std::string format_duration(std::chrono::milliseconds duration);
// "64k", "2m", "1g" in either case (powers of 1024), or a bare number of bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);

// RFC 3986 section 2.1, once. Nothing for a '%' without two hexadecimal digits. '+' stays '+'.
std::optional<std::string> percent_decode(std::string_view text);
// Encodes every byte but A-Z a-z 0-9 . _ ~ : -
std::string percent_encode(std::string_view text);

// The bytes of the UTF-8 character (RFC 3629) that `text` starts with; 0 when it starts with none.
std::size_t utf8_length(std::string_view text);
bool is_valid_utf8(std::string_view text);
// U+FFFD in place of what is no UTF-8, as the WHATWG decoder puts it.
std::string replace_invalid_utf8(std::string_view text);

// The candidate nearest to `word` within an edit distance of 2 (a third of the word's length when that is
// less), or empty. Letter case does not count; two neighbours swapped are one edit.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// For people: control characters and bytes that are no UTF-8 shown as \xNN, cut at `length_max` bytes with
// "...".
std::string printable(std::string_view text, std::size_t length_max = 80);

}  // namespace rt::base
