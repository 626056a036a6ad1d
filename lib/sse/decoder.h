// SPDX-License-Identifier: MIT
// The reading half of the event stream format (WHATWG HTML, section 9.2.6): bytes in, in pieces of any size;
// messages out. The result does not depend on where the pieces were cut. What is no UTF-8 becomes U+FFFD.
// Memory is bounded by DecoderLimits.
// Pure; one instance per stream, one thread. Does not reconnect (client/event_source.h does).
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rt::sse {

struct Message {
  std::string type;           // "message" when the block had no event field
  std::string data;           // lines joined by LF
  std::string last_event_id;  // as of this message; persists from earlier blocks
};

struct DecoderLimits {
  std::size_t line_bytes_max = std::size_t{1024} * 1024;
  std::size_t event_bytes_max = std::size_t{4} * 1024 * 1024;  // the data of one message
};

enum class DecoderFault { line_too_long, event_too_large };

class Decoder {
 public:
  explicit Decoder(DecoderLimits limits = {}) : limits_(limits) {}

  std::function<void(const Message&)> on_message;
  std::function<void(std::string_view)> on_comment;  // the text after the colon, one leading space removed
  std::function<void(std::chrono::milliseconds)>
      on_retry;  // digits only, as the standard asks; capped at a day

  // Calls back from within. After a fault the decoder takes nothing more; the caller closes the stream.
  std::expected<void, DecoderFault> feed(std::string_view bytes);

  // The id to send as Last-Event-ID; set by id fields of dispatched blocks, also of blocks without data.
  const std::string& last_event_id() const { return last_event_id_; }
  // For a stream that resumes: the id it was asked to resume from.
  void set_last_event_id(std::string id);
  // The connection ended: an unfinished block and a fault are forgotten and the next feed() starts a new
  // stream (with its own byte order mark); the last event id stays. Not to be called from a callback.
  void restart();

 private:
  std::expected<void, DecoderFault> take_line(std::string_view line);
  std::expected<void, DecoderFault> take_field(std::string_view name, std::string_view value);
  std::expected<void, DecoderFault> take_data(std::string_view value);
  void take_retry(std::string_view value) const;
  void dispatch();

  DecoderLimits limits_;
  std::string last_event_id_;
  std::optional<DecoderFault> fault_;
  std::string line_;             // the unfinished line
  bool at_stream_start_ = true;  // the first line may begin with a byte order mark
  bool after_cr_ = false;        // the last byte was CR: an LF now belongs to it
  std::string id_;               // the standard's "last event ID buffer"
  Message block_;                // what the open block has said; each line of data with its LF
};

}  // namespace rt::sse
