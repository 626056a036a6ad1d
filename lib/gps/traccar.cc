// SPDX-License-Identifier: MIT
// Parameters, members and units: https://www.traccar.org/osmand/
#include "gps/traccar.h"

#include <algorithm>
#include <deque>

#include "base/text.h"
#include "gps/spelling.h"

namespace rt::gps {
namespace {

constexpr Spelling k_query = {
    .latitude = {"lat"},
    .longitude = {"lon"},
    .heading = {"bearing", "heading"},
    .speed = {"speed"},
    .accuracy = {"accuracy"},
    .altitude = {"altitude"},
    .time = {"timestamp"},
    .driver = {"id", "deviceid"},
    .speed_unit = SpeedUnit::knots,
    .missing = Missing::no_fix,
};

constexpr Spelling k_client = {
    .latitude = {"latitude"},
    .longitude = {"longitude"},
    .heading = {"heading"},
    .speed = {"speed"},
    .accuracy = {"accuracy"},
    .altitude = {"altitude"},
    .time = {"timestamp"},
    .driver = {"device_id"},
    .speed_unit = SpeedUnit::mps,
};

// Of "GET /?id=17&lat=.. HTTP/1.1", of a URL, or the line itself when it is nothing but a query.
std::string_view query_in(std::string_view line) {
  const auto mark = line.find('?');
  line.remove_prefix(mark == std::string_view::npos ? 0 : mark + 1);
  return line.substr(0, line.find_first_of(" \"#"));
}

struct Parameter {
  std::string name, value;  // decoded
};

// `+` stands for a space, but for the sign in an offset of time that was not encoded.
std::string decode(std::string_view text, std::string_view name) {
  std::string spaced(text);
  if (name != "timestamp") {
    std::ranges::replace(spaced, '+', ' ');
  }
  return base::percent_decode(spaced).value_or(spaced);
}

// A deque, since Fields view its elements.
std::deque<Parameter> parameters_of(std::string_view query) {
  std::deque<Parameter> parameters;
  for (const auto part : base::split(query, '&')) {
    const auto equals = std::min(part.find('='), part.size());
    const auto name = decode(part.substr(0, equals), {});
    parameters.push_back({name, decode(part.substr(std::min(equals + 1, part.size())), name)});
  }
  return parameters;
}

}  // namespace

bool is_traccar_query(std::string_view line) {
  bool has_latitude = false;
  bool has_longitude = false;
  for (const auto part : base::split(query_in(line), '&')) {
    has_latitude = has_latitude || part.starts_with("lat=");
    has_longitude = has_longitude || part.starts_with("lon=");
    if ((has_latitude && has_longitude) || part.starts_with("location=")) {
      return true;
    }
  }
  return false;
}

bool is_traccar_json(const Fields& fields) {
  const auto* location = fields.find({"location"});
  if (location == nullptr || location->type != FieldType::other) {
    return false;
  }
  const auto members = model::parse_object(location->text);
  return members && Fields(*members).find({"coords"}) != nullptr;
}

void take_traccar_query(const Output& output, std::string_view text, const Options& options,
                        std::size_t line) {
  auto parameters = parameters_of(query_in(text));
  Fields fields;
  for (auto& [name, value] : parameters) {
    value = base::trim(value);
    fields.add({name, value, FieldType::word});
  }
  if (const auto* valid = fields.find({"valid"}); valid != nullptr) {
    if (!base::equal_ignoring_case(valid->text, "true") && valid->text != "1") {
      output.skipped(line, "no fix");
      return;
    }
  }
  if (const auto* location = fields.find({"location"}); location != nullptr) {
    const auto pair = location->text;
    const auto comma = std::min(pair.find(','), pair.size());
    fields.add({"lat", base::trim(pair.substr(0, comma)), FieldType::word});
    fields.add({"lon", base::trim(pair.substr(std::min(comma + 1, pair.size()))), FieldType::word});
  }
  Spelling spelling = k_query;
  spelling.speed_unit = options.speed_unit.value_or(spelling.speed_unit);
  give_fields(output, fields, spelling, options.driver_field, line);
}

void take_traccar_json(const Output& output, const Fields& fields, const Options& options, std::size_t line) {
  Fields all = fields;
  std::vector<model::JsonMember> location;
  std::vector<model::JsonMember> coordinates;
  const auto open = [&](std::string_view name, std::vector<model::JsonMember>& members) {
    const auto* field = all.find({name});
    auto parsed = model::parse_object(field == nullptr ? std::string_view{} : field->text);
    if (!parsed) {
      output.rejected(line, std::string(name) + " must be an object");
      return false;
    }
    members = *std::move(parsed);
    all.add(members);
    return true;
  };
  if (open("location", location) && open("coords", coordinates)) {
    give_fields(output, all, k_client, options.driver_field, line);
  }
}

}  // namespace rt::gps
