// SPDX-License-Identifier: MIT
// Request and Response as values (RFC 9110). A Request's texts are views into the head that it owns itself.
// Pure; any thread. Parsing is in http/request_parser.h, the URLs of rtserve in http/routes.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rt::http {

enum class Method { get, head, post, options, other };

struct Field {
  std::string_view name;   // as sent; compare without case
  std::string_view value;  // without space around
};

struct Request {
  // Movable, not copyable: the views below point into head.
  Request() = default;
  Request(Request&&) = default;
  Request& operator=(Request&&) = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  std::vector<char>
      head;  // the bytes of the request line and the fields (a vector, so that a move keeps its place)
  Method method = Method::get;
  std::string_view method_name;
  std::string_view path;   // as sent, percent-encoded, from '/' up to '?'
  std::string_view query;  // as sent, after '?'
  int minor_version = 1;   // HTTP/1.x
  std::vector<Field> fields;
  bool keep_alive = true;
  bool expects_continue = false;
  std::string body;

  // The first field of that name; nothing when absent.
  std::optional<std::string_view> field(std::string_view name) const;
  // The value of a cookie of that name (RFC 6265 section 5.4), from any Cookie field. No name, no cookie.
  std::optional<std::string_view> cookie(std::string_view name) const;
};

// The decoded parameters of a query, in order. '+' is a space, percent-encoding is decoded once; a parameter
// whose encoding is broken makes the whole result nothing.
using Parameters = std::vector<std::pair<std::string, std::string>>;
std::optional<Parameters> parse_query(std::string_view query);

struct Response {
  int status = 200;
  std::string_view content_type;                            // of a literal; empty: not said
  std::vector<std::pair<std::string, std::string>> fields;  // the others; no Content-Length, Connection, Date
  std::string body;
};

// application/json
Response json_response(int status, std::string body);
// application/problem+json (RFC 9457) with title (the status's reason phrase), status, detail.
Response problem(int status, std::string_view detail);
std::string_view reason_phrase(int status);

enum class Persistence { keep_alive, close };

// The bytes of a whole response: status line, Date, the fields, Content-Length, Connection where the version
// needs it said, and the body unless `request_method` is HEAD. `date` is an IMF-fixdate.
void append_response(std::string& out, const Response& response, Method request_method, int minor_version,
                     Persistence persistence, std::string_view date);

}  // namespace rt::http
