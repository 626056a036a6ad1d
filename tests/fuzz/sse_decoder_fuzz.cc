// SPDX-License-Identifier: MIT
// The SSE decoder says the same however its bytes are cut, and keeps to its limits. The first byte of the
// input chooses how to cut the rest.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "sse/decoder.h"

namespace {

constexpr rt::sse::DecoderLimits k_limits{.line_bytes_max = 256, .event_bytes_max = 512};
constexpr std::size_t k_replacement_growth = 3;  // one byte that is no UTF-8 becomes three

void require(bool holds) {
  if (!holds) std::abort();
}

using Pieces = std::vector<std::string_view>;

Pieces pieces_of(std::string_view bytes, std::size_t size) {
  Pieces pieces;
  for (std::size_t at = 0; at < bytes.size(); at += size) pieces.push_back(bytes.substr(at, size));
  return pieces;
}

// All that the decoder said, as one text.
std::string decode(const Pieces& pieces) {
  std::string said;
  rt::sse::Decoder decoder(k_limits);
  decoder.on_message = [&](const rt::sse::Message& message) {
    require(message.data.size() <= k_limits.event_bytes_max);
    require(message.last_event_id.size() <= k_replacement_growth * k_limits.line_bytes_max);
    require(!message.type.empty());
    require(rt::base::is_valid_utf8(message.data) && rt::base::is_valid_utf8(message.type));
    require(message.last_event_id == decoder.last_event_id());
    said += "message\1" + message.type + "\1" + message.data + "\1" + message.last_event_id + "\2";
  };
  decoder.on_comment = [&](std::string_view text) { said.append("comment\1").append(text).append("\2"); };
  decoder.on_retry = [&](std::chrono::milliseconds wait) {
    said += "retry\1" + std::to_string(wait.count()) + "\2";
  };
  for (const std::string_view piece : pieces) {
    if (const auto taken = decoder.feed(piece); !taken) {
      require(!decoder.feed("data: x\n\n"));
      said += "fault\1" + std::to_string(static_cast<int>(taken.error())) + "\2";
      break;
    }
  }
  return said + decoder.last_event_id();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::string whole = decode({stream});
  require(decode(pieces_of(stream, 1)) == whole);
  require(decode(pieces_of(stream, 2 + bytes[0] % 7)) == whole);
  const std::size_t cut = stream.empty() ? 0 : bytes[0] * stream.size() / 256;
  require(decode({stream.substr(0, cut), {}, stream.substr(cut)}) == whole);
  return 0;
}
