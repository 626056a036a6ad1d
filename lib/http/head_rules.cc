// SPDX-License-Identifier: MIT
#include "http/head_rules.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "http/field_value.h"
#include "http/target.h"

namespace rt::http {
namespace {

Method method_of(std::string_view name) {
  if (name == "GET") return Method::get;
  if (name == "POST") return Method::post;
  if (name == "HEAD") return Method::head;
  if (name == "OPTIONS") return Method::options;
  return Method::other;
}

Refusal refusal(int status, std::string_view detail) {
  return {status, std::string(detail)};
}

}  // namespace

std::optional<Refusal> HeadRules::take_request_line(std::string_view method_name, std::string_view target,
                                                    int minor_version) {
  request_.minor_version = minor_version;
  request_.method = method_of(method_name);
  if (target.size() > limits_.target_bytes_max) {
    return refusal(
        414, "the request target is longer than " + std::to_string(limits_.target_bytes_max) + " bytes");
  }
  const auto parts = split_target(target, request_.method);
  if (!parts) {
    return refusal(400,
                   "the request target is neither a path, perhaps with a query, nor an http or https URL");
  }
  method_name_ = span_of(method_name);
  path_ = span_of(parts->path);
  query_ = span_of(parts->query);
  return std::nullopt;
}

std::optional<Refusal> HeadRules::take_field(std::string_view name, std::string_view value) {
  if (request_.fields.size() == limits_.field_count_max) {
    return refusal(431, "the head has more than " + std::to_string(limits_.field_count_max) + " fields");
  }
  request_.fields.push_back({name, value});
  const auto is = [name](std::string_view known) { return base::equal_ignoring_case(name, known); };
  if (is("Host")) return take_host(value);
  if (is("Expect")) return take_expectation(value);
  if (is("Content-Length")) {
    return take_framing(value, is_plain_number(value), "Content-Length must be one plain decimal number");
  }
  if (is("Transfer-Encoding")) {
    return take_framing(value, value == "chunked" && request_.minor_version > 0,
                        "Transfer-Encoding must be `chunked`, in HTTP/1.1, without Content-Length");
  }
  if (is("Connection")) {
    asks_close_ = asks_close_ || lists(value, "close");
    asks_keep_alive_ = asks_keep_alive_ || lists(value, "keep-alive");
  }
  return std::nullopt;
}

std::optional<Refusal> HeadRules::finish() {
  if (request_.minor_version > 0 && !has_host_)
    return refusal(400, "a request of HTTP/1.1 needs a Host field");
  request_.method_name = at(method_name_);
  request_.path = at(path_);
  request_.query = at(query_);
  request_.keep_alive = !asks_close_ && (request_.minor_version > 0 || asks_keep_alive_);
  return std::nullopt;
}

// What frames the body can be read in one way only (RFC 9112 section 6.3; request smuggling).
std::optional<Refusal> HeadRules::take_framing(std::string_view value, bool is_well_formed,
                                               std::string_view rule) {
  const bool is_first = !std::exchange(has_framing_, true);
  if (is_first && is_well_formed && is_unpadded(value)) return std::nullopt;
  return refusal(400, rule);
}

std::optional<Refusal> HeadRules::take_host(std::string_view value) {
  if (std::exchange(has_host_, true)) return refusal(400, "the Host field is repeated");
  if (!is_valid_host(value)) return refusal(400, "the Host field is not a host, perhaps with a port");
  return std::nullopt;
}

std::optional<Refusal> HeadRules::take_expectation(std::string_view value) {
  if (request_.minor_version == 0) return std::nullopt;  // to be ignored (RFC 9110 section 10.1.1)
  if (!base::equal_ignoring_case(value, "100-continue")) {
    return refusal(417, "the only expectation met here is 100-continue");
  }
  request_.expects_continue = true;
  return std::nullopt;
}

HeadRules::Span HeadRules::span_of(std::string_view part) const {
  if (part.empty()) return {};  // it may lie nowhere
  return {static_cast<std::size_t>(part.data() - request_.head.data()), part.size()};
}

std::string_view HeadRules::at(Span span) const {
  return {request_.head.data() + span.at, span.size};
}

}  // namespace rt::http
