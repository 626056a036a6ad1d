// SPDX-License-Identifier: MIT
// What a connection's bytes come to, as text, whatever pieces they came in: one line for each request or
// refusal, then one for what was left open. Tests and the fuzz target compare transcripts of different cuts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/request_parser.h"

namespace rt::http::test {

inline std::string describe(const Request& request) {
  std::string text = std::string(request.method_name) + " [" + std::string(request.path) + "] [" +
                     std::string(request.query) + "] 1." + std::to_string(request.minor_version);
  text += request.keep_alive ? " keep" : " close";
  if (request.expects_continue) text += " continue";
  for (const Field& field : request.fields) {
    text += " {" + std::string(field.name) + "=" + std::string(field.value) + "}";
  }
  return text + " <" + request.body + ">\n";
}

class Transcript {
 public:
  explicit Transcript(std::size_t body_bytes_max = 1024, const ParserLimits& limits = {})
      : body_bytes_max_(body_bytes_max), parser_(limits) {}

  void feed(std::string_view piece) {
    while (!is_refused_) {
      Progress progress = parser_.feed(piece);
      if (progress == Progress::head) {
        progress = parser_.set_body_limit(body_bytes_max_);
        if (progress != Progress::refused) continue;
      }
      if (progress == Progress::need_more) return;
      if (progress == Progress::refused) {
        is_refused_ = true;
        text_ +=
            "refused " + std::to_string(parser_.refusal().status) + " " + parser_.refusal().detail + "\n";
        return;
      }
      text_ += describe(parser_.request());
      parser_.next();
    }
  }

  std::string text() const { return text_ + (is_refused_ ? "" : parser_.idle() ? "idle" : "unfinished"); }
  int refusal_status() const { return is_refused_ ? parser_.refusal().status : 0; }
  const RequestParser& parser() const { return parser_; }
  RequestParser& parser() { return parser_; }

 private:
  std::size_t body_bytes_max_;
  RequestParser parser_;
  std::string text_;
  bool is_refused_ = false;
};

inline std::string transcript_of(std::string_view bytes, std::size_t body_bytes_max = 1024,
                                 const ParserLimits& limits = {}) {
  Transcript transcript(body_bytes_max, limits);
  transcript.feed(bytes);
  return transcript.text();
}

}  // namespace rt::http::test
