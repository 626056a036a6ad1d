// SPDX-License-Identifier: MIT
// Queries. A query is either decoded once, to what a plain second reading gives, or refused, which only
// broken percent-encoding earns; decoding never makes more of it than there was, and what was decoded,
// encoded again, is the same. A request that carries the query hands it on as it came.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/text.h"
#include "http/request_parser.h"

namespace {

using rt::http::Parameters;
using rt::http::parse_query;

void expect(bool is_true, const char* what) {
  if (is_true) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

int digit(char c) {
  const char* const digits = "0123456789abcdef";
  const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  const char* const found = c == '\0' ? nullptr : std::strchr(digits, lower);
  return found == nullptr ? -1 : static_cast<int>(found - digits);
}

// The second reading: a state for each byte, nothing cut beforehand.
std::optional<Parameters> read_again(std::string_view query) {
  Parameters parameters;
  std::pair<std::string, std::string> pair;
  bool in_value = false;
  bool is_there = false;
  for (std::size_t i = 0; i <= query.size(); ++i) {
    if (i == query.size() || query[i] == '&') {
      if (is_there) parameters.push_back(pair);
      pair = {};
      in_value = is_there = false;
      continue;
    }
    is_there = true;
    std::string& text = in_value ? pair.second : pair.first;
    if (query[i] == '=' && !in_value) {
      in_value = true;
    } else if (query[i] == '+') {
      text += ' ';
    } else if (query[i] == '%') {
      if (i + 2 >= query.size()) return std::nullopt;
      const int high = digit(query[i + 1]);
      const int low = digit(query[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      text += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      text += query[i];
    }
  }
  return parameters;
}

void check_encoded_again(const Parameters& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (!query.empty()) query += '&';
    query += rt::base::percent_encode(name) + '=' + rt::base::percent_encode(value);
  }
  expect(parse_query(query) == parameters, "what was decoded and encoded again is something else");
}

void check_in_a_request(std::string_view query) {
  const std::string bytes = "GET /x?" + std::string(query) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  std::string_view rest = bytes;
  rt::http::RequestParser parser;
  if (parser.feed(rest) != rt::http::Progress::head) return;
  if (!rest.empty()) return;  // the input ended the head by itself
  // A line's end in the input makes what follows it fields.
  const std::string_view first_line = query.substr(0, query.find(" HTTP/1."));
  expect(parser.request().query == first_line, "a request changes its query");
  expect(parser.request().path == "/x", "a query changes its path");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string query(data, data + size);
  const auto parameters = parse_query(query);
  expect(parameters == read_again(query), "the parameters differ from a second reading");
  check_in_a_request(query);
  if (!parameters) return 0;
  std::size_t decoded_bytes = 0;
  for (const auto& [name, value] : *parameters) decoded_bytes += name.size() + value.size();
  expect(decoded_bytes <= query.size(), "decoding adds bytes");
  check_encoded_again(*parameters);
  return 0;
}
