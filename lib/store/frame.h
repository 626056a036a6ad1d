// SPDX-License-Identifier: MIT
// Frame: an event in its final bytes, encoded once by the store and shared by every shard and subscriber.
// Immutable; read from any thread. Batch: the frames of one store turn, in the store's order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "sse/event_id.h"

namespace rt::store {

struct Frame {
  sse::EventId id;
  model::Topic topic;
  std::string bytes;                                // one chunk: size, CRLF, the message, CRLF
  std::uint32_t message_at = 0, message_bytes = 0;  // the message alone, for a stream without chunks
  std::uint32_t json_at = 0, json_bytes = 0;        // the JSON within the message, for the snapshot

  std::string_view chunk() const { return bytes; }
  std::string_view message() const { return std::string_view(bytes).substr(message_at, message_bytes); }
  std::string_view json() const { return std::string_view(bytes).substr(json_at, json_bytes); }
};

using FramePtr = std::shared_ptr<const Frame>;
using Batch = std::vector<FramePtr>;

// The id that follows `last` at the time `now_ms`: a clock that was set back does not take the ids with it.
inline sse::EventId next_id(sse::EventId last, std::uint64_t now_ms) {
  return now_ms > last.ms ? sse::EventId{now_ms, 0} : sse::EventId{last.ms, last.n + 1};
}

FramePtr encode_frame(sse::EventId id, const model::Event& event);

}  // namespace rt::store
