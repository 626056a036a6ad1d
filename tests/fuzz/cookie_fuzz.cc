// SPDX-License-Identifier: MIT
// Cookies. The input's lines are the values of so many Cookie fields, read from a whole request as they come
// from the wire. What the http room finds under a name is held against a plain second reading of the same
// text, and no other cookie, put before or behind, changes it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.h"

namespace {

using rt::http::Progress;
using rt::http::Request;
using rt::http::RequestParser;

using Cookie = std::optional<std::string>;

void expect(bool is_true, const char* what) {
  if (is_true) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string without_outer_space(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.pop_back();
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.erase(0, 1);
  return text;
}

// The second reading: pairs between semicolons, the name before the first '=', the first one of the name.
Cookie read_again(const std::vector<std::string>& values, std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (const std::string& value : values) {
    for (const std::string& pair : split(value, ';')) {
      const std::size_t equals = pair.find('=');
      if (equals == std::string::npos) continue;
      if (without_outer_space(pair.substr(0, equals)) == name)
        return without_outer_space(pair.substr(equals + 1));
    }
  }
  return std::nullopt;
}

// Nothing when no request can hold these values.
struct Sent {
  RequestParser parser;
  bool is_request = false;

  explicit Sent(const std::vector<std::string>& values) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (const std::string& value : values) bytes += "Cookie: " + value + "\r\n";
    bytes += "\r\n";
    std::string_view rest = bytes;
    is_request = parser.feed(rest) == Progress::head;
  }

  Cookie cookie(std::string_view name) {
    const auto found = parser.request().cookie(name);
    return found ? Cookie(*found) : std::nullopt;
  }
};

void check_names(Sent& sent, const std::vector<std::string>& values) {
  std::vector<std::string> names{"rt_token", "RT_TOKEN", "token", "a", ""};
  for (const std::string& pair : split(values.front(), ';'))
    names.push_back(without_outer_space(pair.substr(0, pair.find('='))));
  for (const std::string& name : names)
    expect(sent.cookie(name) == read_again(values, name), "a cookie differs from a second reading");
}

void check_neighbours(Sent& sent, const std::vector<std::string>& values) {
  std::vector<std::string> more = values;
  more.front().insert(0, "neighbour=1; rt_token_=2;x rt_token=3; =4;");
  more.emplace_back("rt_token=last");
  Sent crowded(more);
  if (!crowded.is_request) return;  // too large by now
  const Cookie alone = sent.cookie("rt_token");
  expect(crowded.cookie("rt_token") == (alone ? alone : Cookie("last")), "another cookie changes this one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::vector<std::string> values = split(text, '\n');
  Sent sent(values);
  if (!sent.is_request) return 0;
  check_names(sent, values);
  check_neighbours(sent, values);
  return 0;
}
