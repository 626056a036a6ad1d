// SPDX-License-Identifier: MIT
// Two passes over a head: take_line() as the bytes come, which cuts lines and refuses bytes that no line may
// hold; then Beast over whole lines, with our rules in its callbacks. Beast never sees a part of a line, so
// its verdict cannot depend on where the bytes were cut. Chunk sizes and trailers go the same way; the bytes
// of a body go straight to Beast.
#include "http/request_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.h"
#include "http/chunk_lines.h"
#include "http/head_rules.h"
#include "http/line.h"

namespace rt::http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::http::error;

// A method, two spaces, the version and CRLF: what stands beside the target.
constexpr std::size_t k_request_line_rest_bytes_max = 64;
constexpr std::size_t k_head_reserve_bytes_max = 1024;
// Bodies grow as their bytes come, whatever Content-Length promises.
constexpr std::size_t k_body_reserve_bytes_max = 16UL * 1024;
// What next() may keep, so that small requests on one connection cost no allocation.
constexpr std::size_t k_kept_head_bytes_max = 512;
constexpr std::size_t k_kept_fields_max = 16;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}
std::string_view view(const std::vector<char>& bytes) {
  return {bytes.data(), bytes.size()};
}

std::string_view describe(const beast::error_code& error) {
  if (error == BeastError::bad_method) return "the request line does not start with a method and one space";
  if (error == BeastError::bad_target) return "the request target is not one word between single spaces";
  if (error == BeastError::bad_version) return "the request line does not end with HTTP/1.1";
  if (error == BeastError::bad_field) return "a field's name is not a token followed at once by a colon";
  if (error == BeastError::bad_value) return "the Connection field is not a list of tokens";
  if (error == BeastError::bad_content_length) return "Content-Length must be one plain decimal number";
  if (error == BeastError::multiple_content_length) return "Content-Length is repeated";
  if (error == BeastError::bad_transfer_encoding)
    return "Transfer-Encoding is repeated or beside Content-Length";
  if (error == BeastError::bad_chunk) return "a chunk's size is not a hexadecimal number";
  if (error == BeastError::bad_chunk_extension) return "a chunk extension is malformed";
  return "the request is malformed";
}

// "HTTP/2.0" and the like: well-formed, but not ours.
bool names_other_version(std::string_view line) {
  constexpr std::string_view pattern = "HTTP/d.d\r\n";
  if (line.size() < pattern.size()) return false;
  const std::string_view version = line.substr(line.size() - pattern.size());
  return version.starts_with("HTTP/") && base::is_digit(version[5]) && version[6] == '.' &&
         base::is_digit(version[7]) && version.substr(5, 3) != "1.0" && version.substr(5, 3) != "1.1";
}

// What a stage says to the caller of feed(); nothing: go on with the next stage.
using Step = std::optional<Progress>;

}  // namespace

struct RequestParser::State final : beast::http::basic_parser<true> {
  enum class Stage {
    request_line,
    fields,
    head_reported,
    body,  // of Content-Length
    chunk_lines,
    chunk_bytes,
    complete,
    refused,
  };
  explicit State(const ParserLimits& given) noexcept
      : limits(given), chunk_lines({given.chunk_extension_bytes_max, given.trailer_bytes_max}) {
    header_limit(static_cast<std::uint32_t>(given.head_bytes_max + 1));
    body_limit(boost::none);  // ours is known only after Beast has seen the head
  }

  Step advance(std::string_view& bytes);
  Step read_request_line(std::string_view& bytes);
  Step read_fields(std::string_view& bytes);
  Step start_body();
  Step read_body(std::string_view& bytes);
  Step read_chunk_lines(std::string_view& bytes);
  Step read_chunk_bytes(std::string_view& bytes);

  bool parse(std::string_view bytes);
  Progress refuse(int status, std::string_view detail);
  Progress refuse_body();
  void keep_buffers_of(Request& last);

  ParserLimits limits;
  Stage stage = Stage::request_line;
  Request request;
  Refusal refusal;
  bool has_skipped_empty_line = false;

  std::size_t line_start = 0;
  std::size_t fields_start = 0;
  HeadRules rules{limits, request};

  std::size_t body_bytes_max = 0;
  std::uint64_t chunk_bytes_left = 0;
  ChunkLines chunk_lines;

 private:
  using Error = beast::error_code;
  // The error only stops Beast; the reason is in `refusal`.
  void stop_if(const std::optional<Refusal>& refused, Error& error) {
    if (!refused) return;
    refuse(refused->status, refused->detail);
    error = BeastError::bad_value;
  }
  void on_request_impl(beast::http::verb, beast::string_view name, beast::string_view target, int version,
                       Error& error) override {
    stop_if(rules.take_request_line(view(name), view(target), version % 10), error);
  }
  void on_response_impl(int, beast::string_view, int, Error&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     Error& error) override {
    if (is_header_done()) return;  // nobody here asks for a trailer's fields
    stop_if(rules.take_field(view(name), view(value)), error);
  }
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(beast::string_view bytes, Error&) override {
    request.body += view(bytes);
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t size, beast::string_view, Error& error) override {
    chunk_bytes_left = size;
    if (size <= body_bytes_max - request.body.size()) return;
    refuse_body();
    error = BeastError::body_limit;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, Error&) override {
    request.body += view(bytes);
    chunk_bytes_left -= bytes.size();
    return bytes.size();
  }
  void on_finish_impl(Error&) override {}
};

Step RequestParser::State::advance(std::string_view& bytes) {
  switch (stage) {
    case Stage::request_line:
      return read_request_line(bytes);
    case Stage::fields:
      return read_fields(bytes);
    case Stage::head_reported:
      return start_body();
    case Stage::body:
      return read_body(bytes);
    case Stage::chunk_lines:
      return read_chunk_lines(bytes);
    case Stage::chunk_bytes:
      return read_chunk_bytes(bytes);
    case Stage::complete:
      return Progress::complete;
    case Stage::refused:
      return Progress::refused;
  }
  return Progress::refused;
}

Step RequestParser::State::read_request_line(std::string_view& bytes) {
  const std::size_t line_bytes_max = limits.target_bytes_max + k_request_line_rest_bytes_max;
  if (request.head.empty()) request.head.reserve(std::min(bytes.size(), k_head_reserve_bytes_max));
  switch (take_line(bytes, request.head, 0, std::min(line_bytes_max, limits.head_bytes_max))) {
    case LineOutcome::need_more:
      return Progress::need_more;
    case LineOutcome::bad_character:
      return refuse(400, k_bad_line);
    case LineOutcome::too_long:
      if (line_bytes_max < limits.head_bytes_max) return refuse(414, "the request line is too long");
      return refuse(431, "the request line alone is larger than a head may be");
    case LineOutcome::whole:
      break;
  }
  if (!has_skipped_empty_line && request.head.size() == 2) {  // RFC 9112 section 2.2
    has_skipped_empty_line = true;
    request.head.clear();
    return std::nullopt;
  }
  if (!parse(view(request.head))) return Progress::refused;
  line_start = fields_start = request.head.size();
  stage = Stage::fields;
  return std::nullopt;
}

Step RequestParser::State::read_fields(std::string_view& bytes) {
  switch (take_line(bytes, request.head, line_start, limits.head_bytes_max - line_start)) {
    case LineOutcome::need_more:
      return Progress::need_more;
    case LineOutcome::bad_character:
      return refuse(400, k_bad_line);
    case LineOutcome::too_long:
      return refuse(431, "the head is larger than " + std::to_string(limits.head_bytes_max) + " bytes");
    case LineOutcome::whole:
      break;
  }
  const std::string_view line = view(request.head).substr(line_start);
  if (is_folded(line)) return refuse(400, k_folded_line);
  line_start = request.head.size();
  if (line.size() > 2) return std::nullopt;

  if (!parse(view(request.head).substr(fields_start))) return Progress::refused;
  if (const auto refused = rules.finish()) return refuse(refused->status, refused->detail);
  if (is_done()) request.expects_continue = false;  // no content to wait for (RFC 9110 section 10.1.1)
  stage = Stage::head_reported;
  return Progress::head;
}

Step RequestParser::State::start_body() {
  if (is_done()) {
    stage = Stage::complete;
  } else if (chunked()) {
    stage = Stage::chunk_lines;
  } else if (*content_length() > body_bytes_max) {
    return refuse_body();
  } else {
    request.body.reserve(std::min<std::size_t>(*content_length(), k_body_reserve_bytes_max));
    stage = Stage::body;
  }
  return std::nullopt;
}

Step RequestParser::State::read_body(std::string_view& bytes) {
  if (bytes.empty()) return Progress::need_more;
  const std::string_view part = bytes.substr(0, *content_length_remaining());
  bytes.remove_prefix(part.size());
  if (!parse(part)) return Progress::refused;
  if (is_done()) stage = Stage::complete;
  return std::nullopt;
}

Step RequestParser::State::read_chunk_lines(std::string_view& bytes) {
  const ChunkLines::Outcome outcome = chunk_lines.take(bytes);
  if (outcome == ChunkLines::Outcome::need_more) return Progress::need_more;
  if (outcome == ChunkLines::Outcome::refused) return refuse(400, chunk_lines.fault());
  if (!parse(chunk_lines.lines())) return Progress::refused;
  stage = outcome == ChunkLines::Outcome::end ? Stage::complete : Stage::chunk_bytes;
  return std::nullopt;
}

Step RequestParser::State::read_chunk_bytes(std::string_view& bytes) {
  if (bytes.empty()) return Progress::need_more;
  const std::string_view part = bytes.substr(0, chunk_bytes_left);
  bytes.remove_prefix(part.size());
  if (!parse(part)) return Progress::refused;
  if (chunk_bytes_left > 0) return Progress::need_more;
  chunk_lines.next_chunk();
  stage = Stage::chunk_lines;
  return std::nullopt;
}

// Gives Beast bytes that it can take whole; the answer is false after a refusal.
bool RequestParser::State::parse(std::string_view bytes) {
  Error error;
  const std::size_t taken = put({bytes.data(), bytes.size()}, error);
  if (stage == Stage::refused) return false;
  if (taken == bytes.size() && (!error || error == BeastError::need_more)) return true;
  if (error == BeastError::bad_version && names_other_version(bytes)) {
    refuse(505, "this server speaks HTTP/1.1 and HTTP/1.0");
  } else {
    refuse(400, describe(error));
  }
  return false;
}

Progress RequestParser::State::refuse(int status, std::string_view detail) {
  stage = Stage::refused;
  refusal = {status, std::string(detail)};
  return Progress::refused;
}

Progress RequestParser::State::refuse_body() {
  if (body_bytes_max == 0) return refuse(413, "this request may have no body");
  return refuse(413, "the body is larger than " + std::to_string(body_bytes_max) + " bytes");
}

void RequestParser::State::keep_buffers_of(Request& last) {
  if (last.head.capacity() <= k_kept_head_bytes_max) {
    request.head = std::move(last.head);
    request.head.clear();
  }
  if (last.fields.capacity() <= k_kept_fields_max) {
    request.fields = std::move(last.fields);
    request.fields.clear();
  }
}

RequestParser::RequestParser(const ParserLimits& limits) : state_(std::make_unique<State>(limits)) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

Progress RequestParser::feed(std::string_view& bytes) {
  for (;;) {
    if (const Step step = state_->advance(bytes)) return *step;
  }
}

Progress RequestParser::set_body_limit(std::size_t bytes) {
  State& state = *state_;
  state.body_bytes_max = bytes;
  const bool is_announced =
      state.stage == State::Stage::head_reported && state.rules.has_framing() && !state.chunked();
  if (is_announced && *state.content_length() > bytes) return state.refuse_body();
  return state.stage == State::Stage::refused ? Progress::refused : Progress::need_more;
}

Request& RequestParser::request() {
  return state_->request;
}
const Refusal& RequestParser::refusal() const {
  return state_->refusal;
}

bool RequestParser::idle() const {
  return state_->stage == State::Stage::request_line && state_->request.head.empty();
}

void RequestParser::next() {
  const ParserLimits limits = state_->limits;
  Request last = std::move(state_->request);
  std::destroy_at(state_.get());
  std::construct_at(state_.get(), limits);
  state_->keep_buffers_of(last);
}

}  // namespace rt::http
