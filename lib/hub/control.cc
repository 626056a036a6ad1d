// SPDX-License-Identifier: MIT
#include "hub/control.h"

#include <charconv>

#include "model/json.h"
#include "sse/encoder.h"

namespace rt::hub {

namespace {

// What most messages need, so that they grow but once.
constexpr std::size_t k_usual_json_bytes = 160;
constexpr std::size_t k_usual_message_bytes = k_usual_json_bytes + 80;

void append_message(std::string& out, sse::EventId id, std::string_view json) {
  sse::append_id(out, sse::format_event_id(id));
  sse::append_data(out, json);
  sse::append_end(out);
}

std::string seconds_text(std::chrono::milliseconds duration) {
  char text[32];
  const auto end =
      std::to_chars(text, text + sizeof text, static_cast<double>(duration.count()) / 1000.0).ptr;
  return std::string(text, end);
}

void append_subject(std::string& json, const auth::Subscription& subscription, Naming naming) {
  if (naming == Naming::id) {
    const model::Topic& topic = subscription.topics().front();
    model::append_json_string(json, model::resource_of(topic.kind).id_key);
    json += ':';
    model::append_json_string(json, topic.id);
    return;
  }
  json += "\"topics\":[";
  bool first = true;
  for (const model::TopicPattern& pattern : subscription.patterns()) {
    if (!first) json += ',';
    first = false;
    model::append_json_string(json, model::to_string(pattern));
  }
  json += ']';
}

}  // namespace

std::string connected_message(const auth::Subscription& subscription, Naming naming,
                              std::chrono::milliseconds heartbeat, std::chrono::milliseconds retry,
                              const Verdict& verdict, sse::EventId position) {
  std::string json;
  json.reserve(k_usual_json_bytes);
  json += R"({"type":"connected",)";
  append_subject(json, subscription, naming);
  json += R"(,"heartbeat":)" + seconds_text(heartbeat);
  switch (verdict.resume) {
    case Resume::fresh:
      json += R"(,"resume":"fresh"})";
      break;
    case Resume::resumed:
      json += R"(,"resume":"resumed","missed":)" + std::to_string(verdict.missed) + '}';
      break;
    case Resume::gap:
      json += R"(,"resume":"gap","reason":)";
      model::append_json_string(json, verdict.reason);
      json += '}';
      break;
  }
  std::string out;
  out.reserve(k_usual_message_bytes);
  sse::append_retry(out, retry);
  append_message(out, position, json);
  return out;
}

std::string gap_message(std::uint64_t missed, sse::EventId position) {
  std::string out;
  append_message(out, position,
                 R"({"type":"gap","missed":)" + std::to_string(missed) + R"(,"reason":"slow"})");
  return out;
}

std::string cut_message(sse::EventId position) {
  std::string out;
  append_message(out, position, R"({"type":"gap","reason":"cut"})");
  return out;
}

std::string token_expiring_message(std::chrono::seconds expires_in) {
  std::string out;
  sse::append_data(out,
                   R"({"type":"token_expiring","expiresIn":)" + std::to_string(expires_in.count()) + '}');
  sse::append_end(out);
  return out;
}

std::string heartbeat_message(sse::EventId position) {
  std::string out;
  sse::append_comment(out, "heartbeat");
  sse::append_id(out, sse::format_event_id(position));
  sse::append_end(out);
  return out;
}

std::string end_message(std::chrono::milliseconds retry) {
  std::string out;
  sse::append_retry(out, retry);
  sse::append_end(out);
  return out;
}

}  // namespace rt::hub
