// SPDX-License-Identifier: MIT
#include "sse/decoder.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace rt::sse {

namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view k_default_type = "message";
constexpr std::chrono::milliseconds k_retry_max = std::chrono::hours(24);

// The next occurrence of one byte, looked for only once the cursor has passed the last one, so that a piece
// is scanned once per line end character, whichever of them its lines end in.
class NextByte {
 public:
  NextByte(char wanted, std::string_view bytes) : wanted_(wanted), bytes_(bytes), at_(find(0)) {}
  std::size_t from(std::size_t cursor) {
    if (at_ < cursor) at_ = find(cursor);
    return at_;
  }

 private:
  std::size_t find(std::size_t cursor) const { return std::min(bytes_.find(wanted_, cursor), bytes_.size()); }

  char wanted_;
  std::string_view bytes_;
  std::size_t at_;
};

}  // namespace

std::expected<void, DecoderFault> Decoder::feed(std::string_view bytes) {
  if (fault_) return std::unexpected(*fault_);
  const auto fail = [this](DecoderFault fault) {
    fault_ = fault;
    return std::unexpected(fault);
  };

  NextByte next_lf('\n', bytes);
  NextByte next_cr('\r', bytes);
  std::size_t cursor = 0;
  while (cursor < bytes.size()) {
    if (std::exchange(after_cr_, false) && bytes[cursor] == '\n') {
      ++cursor;
      continue;
    }
    const std::size_t end = std::min(next_lf.from(cursor), next_cr.from(cursor));
    const std::string_view piece = bytes.substr(cursor, end - cursor);
    if (line_.size() + piece.size() > limits_.line_bytes_max) return fail(DecoderFault::line_too_long);
    if (end == bytes.size()) {
      line_ += piece;
      break;
    }
    after_cr_ = bytes[end] == '\r';
    cursor = end + 1;

    std::expected<void, DecoderFault> taken;
    if (line_.empty()) {
      taken = take_line(piece);
    } else {
      line_ += piece;
      taken = take_line(line_);
      line_.clear();
    }
    if (!taken) return fail(taken.error());
  }
  return {};
}

std::expected<void, DecoderFault> Decoder::take_line(std::string_view line) {
  if (std::exchange(at_stream_start_, false) && line.starts_with(k_byte_order_mark))
    line.remove_prefix(k_byte_order_mark.size());
  if (line.empty()) {
    dispatch();
    return {};
  }
  std::string repaired;
  if (!base::is_valid_utf8(line)) {
    repaired = base::replace_invalid_utf8(line);
    line = repaired;
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  return take_field(name, value);
}

std::expected<void, DecoderFault> Decoder::take_field(std::string_view name, std::string_view value) {
  if (name == "data") return take_data(value);
  if (name.empty()) {
    if (on_comment) on_comment(value);
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
  } else if (name == "event") {
    block_.type = value;
  } else if (name == "retry") {
    take_retry(value);
  }
  return {};
}

std::expected<void, DecoderFault> Decoder::take_data(std::string_view value) {
  if (block_.data.size() + value.size() > limits_.event_bytes_max)
    return std::unexpected(DecoderFault::event_too_large);
  block_.data += value;
  block_.data += '\n';
  return {};
}

void Decoder::take_retry(std::string_view value) const {
  if (value.empty() || !std::ranges::all_of(value, base::is_digit) || !on_retry) return;
  const auto most = static_cast<std::uint64_t>(k_retry_max.count());
  const std::uint64_t ms = std::min(base::parse_unsigned(value).value_or(most), most);
  on_retry(std::chrono::milliseconds(ms));
}

void Decoder::dispatch() {
  last_event_id_ = id_;
  if (!block_.data.empty()) {
    block_.data.pop_back();
    if (block_.type.empty()) block_.type = k_default_type;
    block_.last_event_id = last_event_id_;
    if (on_message) on_message(block_);
  }
  block_.type.clear();
  block_.data.clear();
}

void Decoder::set_last_event_id(std::string id) {
  id_ = id;
  last_event_id_ = std::move(id);
}

void Decoder::restart() {
  fault_.reset();
  line_.clear();
  at_stream_start_ = true;
  after_cr_ = false;
  id_ = last_event_id_;
  block_ = {};
}

}  // namespace rt::sse
