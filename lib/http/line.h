// SPDX-License-Identifier: MIT
// take_line: the lines of a request's head, of its chunk sizes and of its trailer, collected from pieces of
// any size. Only CRLF ends a line; nothing a line must not hold gets past here (RFC 9112 section 2.2, RFC
// 9110 section 5.5). Every byte is looked at once, however the bytes were cut. Inner part of
// http/request_parser.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace rt::http {

enum class LineOutcome {
  need_more,      // everything given was taken
  whole,          // out ends with the line's CRLF
  bad_character,  // a control character, a CR without LF, or an LF without CR
  too_long,       // line_bytes_max bytes came without a line end
};

// Moves bytes from the front of `bytes` to the end of `out`, up to the end of the line that starts in `out`
// at `line_start`. line_bytes_max counts the CRLF.
LineOutcome take_line(std::string_view& bytes, std::vector<char>& out, std::size_t line_start,
                      std::size_t line_bytes_max);

// A line that starts with space continues the one before (RFC 9112 section 5.2): refused in heads and
// trailers.
inline bool is_folded(std::string_view line) {
  return line.front() == ' ' || line.front() == '\t';
}

inline constexpr std::string_view k_bad_line =
    "the request holds a control character, or a line that does not end in CRLF";
inline constexpr std::string_view k_folded_line = "a field is folded over two lines; write it in one";

}  // namespace rt::http
