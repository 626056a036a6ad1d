// SPDX-License-Identifier: MIT
#include "cli/event_format.h"

#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <span>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "cli/event_view.h"
#include "model/json.h"
#include "model/position.h"
#include "sse/encoder.h"

namespace rt::cli {
namespace {

constexpr std::size_t k_value_bytes_max = 60;
constexpr std::size_t k_line_bytes_max = 160;
constexpr std::size_t k_topic_columns = 16;

// The members that have a column of their own.
std::vector<std::string_view> columns() {
  std::vector<std::string_view> names = {"status"};
  for (const auto& field : model::k_position_fields) names.push_back(field.name);
  names.emplace_back("timestamp");
  return names;
}

bool is_object_or_array(std::string_view data) {
  if (!data.starts_with('{') && !data.starts_with('[')) return false;
  const auto wrapped = "{\"data\":" + std::string(data) + "}";
  const auto members = model::parse_object(wrapped);
  return members && members->size() == 1 && members->front().raw == data;
}

std::string to_ndjson(const ReceivedEvent& event) {
  std::string out = "{\"id\":";
  model::append_json_string(out, event.id);
  out += ",\"type\":";
  model::append_json_string(out, event.type);
  out += ",\"receivedAt\":\"" + base::format_time(event.received_at) + "\",\"data\":";
  const auto data = base::trim(event.data);
  if (is_object_or_array(data)) {
    // Line ends stand between tokens only: inside a string they would not be JSON.
    for (const char c : data) out.push_back(c == '\n' || c == '\r' ? ' ' : c);
  } else {
    model::append_json_string(out, event.data);
  }
  return out + "}\n";
}

std::string to_raw(const ReceivedEvent& event) {
  std::string out;
  if (!event.id.empty()) sse::append_id(out, event.id);
  if (event.type != "message") out += "event: " + std::string(event.type) + "\n";
  sse::append_data(out, event.data);
  sse::append_end(out);
  return out;
}

// RFC 4180 section 2, with LF for CRLF.
void append_cell(std::string& row, std::string_view text) {
  if (!row.empty()) row += ',';
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    row += text;
    return;
  }
  row += '"';
  for (const char c : text) row.append(c == '"' ? 2 : 1, c == '\n' || c == '\r' ? ' ' : c);
  row += '"';
}

std::string to_csv(const ReceivedEvent& event) {
  const auto view = view_event(event.data);
  std::string row = base::format_time(event.received_at);
  append_cell(row, event.id);
  append_cell(row, event.type);
  append_cell(row, view && view->resource != nullptr ? std::string(view->resource->plural) + "/" + view->id
                                                     : std::string());
  for (const auto column : columns()) {
    append_cell(row, view ? field_text(*view, column).value_or("") : std::string());
  }
  append_cell(row, event.data);
  return row + "\n";
}

std::string local_time(base::WallTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 16> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &parts));
}

std::string paint(std::string_view code, std::string text, Colors colors) {
  return colors == Colors::none ? text : "\033[" + std::string(code) + "m" + text + "\033[0m";
}

std::string shown(const EventView& view, std::string_view key) {
  return base::printable(field_text(view, key).value_or(""), k_value_bytes_max);
}

std::string position_text(const EventView& view) {
  std::string out = shown(view, "latitude") + ", " + shown(view, "longitude");
  if (const auto text = shown(view, "heading"); !text.empty()) {
    const auto heading = base::parse_decimal(text);
    out += "  " + (heading ? std::string(arrow_of(*heading)) + " " : std::string()) + text + "°";
  }
  if (const auto text = shown(view, "speed"); !text.empty()) out += "  " + text + " km/h";
  return out;
}

// The status and the stops first, then what else there is.
std::string object_text(const EventView& view, Colors colors) {
  std::string out = paint("1", shown(view, "status"), colors);
  const auto gap = [&out] { return out.empty() ? "" : "  "; };
  const auto completed = shown(view, "completedStops");
  const auto total = shown(view, "totalStops");
  const bool has_stops = !completed.empty() && !total.empty();
  if (has_stops) out += gap() + completed + "/" + total + " stops";
  for (const auto& member : view.payload) {
    const bool is_shown = (member.key == "status" && !shown(view, "status").empty()) ||
                          (has_stops && (member.key == "completedStops" || member.key == "totalStops"));
    if (is_shown) continue;
    const bool is_text = member.type == model::JsonType::string;
    out += gap() + base::printable(member.key, k_value_bytes_max) + "=" +
           base::printable(is_text ? std::string_view(member.text) : member.raw, k_value_bytes_max);
    if (out.size() > k_line_bytes_max) return out + "  ...";
  }
  return out;
}

std::string to_pretty(const ReceivedEvent& event, Colors colors) {
  std::string out = paint("2", local_time(event.received_at), colors) + "  ";
  const auto view = view_event(event.data);
  if (!view || view->resource == nullptr) {
    if (event.type != "message") out += base::printable(event.type) + "  ";
    return out + base::printable(event.data, k_line_bytes_max) + "\n";
  }
  std::string topic = std::string(view->resource->plural) + "/" + base::printable(view->id, 128);
  if (topic.size() < k_topic_columns) topic.resize(k_topic_columns, ' ');
  out += paint("36", std::move(topic), colors) + "  ";
  out +=
      view->resource->payload == model::Payload::position ? position_text(*view) : object_text(*view, colors);
  if (view->is_snapshot) out += paint("2", "  (latest known)", colors);
  return out + "\n";
}

}  // namespace

std::string csv_header() {
  std::string row = "receivedAt,id,type,topic";
  for (const auto column : columns()) append_cell(row, column);
  return row + ",data\n";
}

std::string_view arrow_of(double heading) {
  static constexpr std::array<std::string_view, 8> k_arrows = {"↑", "↗", "→", "↘", "↓", "↙", "←", "↖"};
  if (!(heading >= 0 && heading <= 360)) return "";
  return k_arrows[static_cast<std::size_t>(std::lround(heading / 45)) % k_arrows.size()];
}

std::string format_event(const ReceivedEvent& event, EventFormat format, Colors colors) {
  switch (format) {
    case EventFormat::pretty:
      return to_pretty(event, colors);
    case EventFormat::ndjson:
      return to_ndjson(event);
    case EventFormat::csv:
      return to_csv(event);
    case EventFormat::data:
      return std::string(event.data) + "\n";
    case EventFormat::raw:
      return to_raw(event);
  }
  return {};
}

}  // namespace rt::cli
