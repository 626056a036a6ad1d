// SPDX-License-Identifier: MIT
#include "hub/form.h"

#include "model/resource.h"

namespace rt::hub {

namespace {

void append_name(std::string& out, const store::Frame& frame, EventNames names) {
  if (names == EventNames::none) return;
  out.append("event: ").append(model::resource_of(frame.topic.kind).event_type).append("\n");
}

}  // namespace

void append_event(std::string& out, const store::Frame& frame, EventNames names, Id id) {
  append_name(out, frame, names);
  const std::string_view message = frame.message();
  // The id's line is the first.
  out += id == Id::send ? message : message.substr(message.find('\n') + 1);
}

void append_snapshot(std::string& out, const store::Frame& frame, EventNames names) {
  append_name(out, frame, names);
  const std::string_view json = frame.json();
  out.append("data: ").append(json.substr(0, json.size() - 1)).append(",\"snapshot\":true}\n\n");
}

}  // namespace rt::hub
