// SPDX-License-Identifier: MIT
// RequestParser: bytes of a connection in, Requests out; the strict reading of HTTP/1.x (RFC 9112).
// Boost.Beast's basic_parser does the grammar; on top of it stands what Beast lets pass and a server behind
// proxies must not: see "Refused" below. Pure; one instance per connection, one thread. Time limits are net's
// business.
//
// Refused with 400 and a closed connection: any Transfer-Encoding but exactly `chunked`, Transfer-Encoding
// together with Content-Length or in HTTP/1.0, a repeated, padded, signed or listed Content-Length, folded
// fields, space before a field's colon, bare CR or LF, control characters, a missing (in HTTP/1.1), repeated
// or malformed Host, a target that is neither origin-form, absolute-form of http or https, nor (OPTIONS) `*`,
// fragments, bad chunk sizes, long chunk extensions and trailers. With 414 a too long target, 431 too large a
// head, 413 too large a body, 417 an unknown expectation, 505 a version other than 1.0 and 1.1.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace rt::http {

struct ParserLimits {
  std::size_t target_bytes_max = 8UL * 1024;
  std::size_t head_bytes_max = 16UL * 1024;
  std::size_t field_count_max = 64;
  std::size_t chunk_extension_bytes_max = 256;  // of one chunk
  std::size_t trailer_bytes_max = 1024;
};

enum class Progress {
  need_more,  // everything given was taken
  head,       // request() is known but for its body: look at it, then set_body_limit() and feed again
  complete,   // request() is whole; use or move it, then go on with next()
  refused,    // refusal() says why; answer and close
};

struct Refusal {
  int status = 400;
  std::string detail;
};

class RequestParser {
 public:
  explicit RequestParser(const ParserLimits& limits = {});
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  // Takes bytes from the front of `bytes` and removes those it took. It stops behind a head and behind a
  // request, so pipelined bytes stay with the caller. Every cut of the same bytes gives the same result.
  Progress feed(std::string_view& bytes);

  // For the body of the request whose head was just reported; without a call no body is accepted (413).
  // Returns refused at once when Content-Length already exceeds it, else need_more: feed again, also when no
  // bytes are left, since a request may have no body.
  Progress set_body_limit(std::size_t bytes);

  Request& request();
  const Refusal& refusal() const;
  // True between requests: nothing of a next request has come yet (but for the empty line of RFC 9112 2.2).
  bool idle() const;
  // Ready for the next request; releases the memory of the last but for small buffers.
  void next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rt::http
