// SPDX-License-Identifier: MIT
#include "sse/encoder.h"

#include <algorithm>

namespace rt::sse {

void append_id(std::string& out, std::string_view id) {
  out.append("id: ").append(id).append("\n");
}

void append_data(std::string& out, std::string_view data) {
  for (;;) {
    // Many times as fast as find_first_of(), which asks for each character whether it is one of the two.
    const std::size_t newline = data.find('\n');
    const std::size_t end = std::min(newline, data.substr(0, newline).find('\r'));
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
}

void append_comment(std::string& out, std::string_view text) {
  out += ": ";
  const std::size_t start = out.size();
  out += text;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
      [](char c) { return c == '\r' || c == '\n'; }, ' ');
  out += '\n';
}

void append_retry(std::string& out, std::chrono::milliseconds wait) {
  out.append("retry: ").append(std::to_string(std::max<std::int64_t>(wait.count(), 0))).append("\n");
}

void append_end(std::string& out) {
  out += '\n';
}

}  // namespace rt::sse
