// SPDX-License-Identifier: MIT
#include "store/frame.h"

#include "http/chunk.h"
#include "sse/encoder.h"

namespace rt::store {

// A store that starts makes all its frames anew: what is only on the way is kept for the next.
FramePtr encode_frame(sse::EventId id, const model::Event& event) {
  thread_local std::string message;
  thread_local std::string json;
  thread_local std::string id_text;
  message.clear();
  json.clear();
  id_text.clear();
  sse::append_event_id(id_text, id);
  sse::append_id(message, id_text);
  const std::size_t data_at = message.size() + std::string_view("data: ").size();
  // An event's JSON has no line ends (model/event.h), so that its data is a single line.
  model::append_event_json(json, event);
  sse::append_data(message, json);
  sse::append_end(message);

  auto frame = std::make_shared<Frame>();
  frame->id = id;
  frame->topic = event.topic;
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
