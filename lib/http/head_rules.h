// SPDX-License-Identifier: MIT
// HeadRules: what a request line and fields must be beyond their grammar, and what they mean for the Request.
// The grammar is Beast's; it reports each part here as it finds it. One instance per request; the Request
// must outlive it. Inner part of http/request_parser.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "http/message.h"
#include "http/request_parser.h"

namespace rt::http {

class HeadRules {
 public:
  HeadRules(const ParserLimits& limits, Request& request) : limits_(limits), request_(request) {}

  // A refusal, or nothing when all is well. Every text is a view into request.head.
  std::optional<Refusal> take_request_line(std::string_view method_name, std::string_view target,
                                           int minor_version);
  std::optional<Refusal> take_field(std::string_view name, std::string_view value);
  // The head is whole and stays where it is.
  std::optional<Refusal> finish();

  // Content-Length or Transfer-Encoding was there.
  bool has_framing() const { return has_framing_; }

 private:
  struct Span {  // in request.head, which moves as it grows
    std::size_t at = 0;
    std::size_t size = 0;
  };

  std::optional<Refusal> take_framing(std::string_view value, bool is_well_formed, std::string_view rule);
  std::optional<Refusal> take_host(std::string_view value);
  std::optional<Refusal> take_expectation(std::string_view value);
  Span span_of(std::string_view part) const;
  std::string_view at(Span span) const;

  const ParserLimits& limits_;
  Request& request_;
  Span method_name_, path_, query_;
  bool has_host_ = false;
  bool has_framing_ = false;
  bool asks_close_ = false;
  bool asks_keep_alive_ = false;
};

}  // namespace rt::http
