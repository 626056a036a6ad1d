// SPDX-License-Identifier: MIT
#include "store/frame.h"

#include "http/chunk.h"
#include "sse/encoder.h"

namespace rt::store {

FramePtr encode_frame(sse::EventId id, model::Event event) {
  auto frame = std::make_shared<Frame>();
  std::string message;
  message.reserve(event.payload.size() + 160);
  sse::append_id(message, sse::format_event_id(id));
  const std::size_t data_at = message.size() + std::string_view("data: ").size();
  // An event's JSON has no line ends (model/event.h), so that its data is a single line.
  std::string json;
  json.reserve(event.payload.size() + 128);
  model::append_event_json(json, event);
  sse::append_data(message, json);
  sse::append_end(message);

  frame->id = id;
  frame->topic = std::move(event.topic);
  frame->bytes.reserve(message.size() + 12);
  http::append_chunk_head(frame->bytes, message.size());
  frame->message_at = static_cast<std::uint32_t>(frame->bytes.size());
  frame->message_bytes = static_cast<std::uint32_t>(message.size());
  frame->json_at = frame->message_at + static_cast<std::uint32_t>(data_at);
  frame->json_bytes = static_cast<std::uint32_t>(json.size());
  frame->bytes += message;
  frame->bytes += "\r\n";
  return frame;
}

}  // namespace rt::store
