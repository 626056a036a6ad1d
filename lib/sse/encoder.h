// SPDX-License-Identifier: MIT
// The writing half of the event stream format (WHATWG HTML, section 9.2.5): appends to a buffer that the
// caller owns. Pure; any thread. Knows nothing of chunks (http/chunk.h) or topics.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace rt::sse {

// "id: " + id + LF. `id` holds no CR, LF or NUL.
void append_id(std::string& out, std::string_view id);
// One "data: " line for each line of `data` (CRLF, LF and CR all separate lines).
void append_data(std::string& out, std::string_view data);
// ": " + text + LF; line ends in `text` become spaces.
void append_comment(std::string& out, std::string_view text);
// "retry: 2000" + LF.
void append_retry(std::string& out, std::chrono::milliseconds wait);
// The blank line that dispatches the block.
void append_end(std::string& out);

}  // namespace rt::sse
