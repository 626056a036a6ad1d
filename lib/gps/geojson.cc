// SPDX-License-Identifier: MIT
#include "gps/geojson.h"

#include <cmath>
#include <utility>

#include "base/text.h"
#include "gps/spelling.h"

namespace rt::gps {
namespace {

// Hardly a road lies nearer to a pole.
constexpr double k_inhabited_latitude_max = 72;

// The coordinates are found under these names, whatever the properties hold.
constexpr std::string_view k_latitude = "latitude of the coordinates";
constexpr std::string_view k_longitude = "longitude of the coordinates";
constexpr std::string_view k_altitude = "altitude of the coordinates";

Spelling spelling_of(const Options& options) {
  Spelling spelling = k_native;
  spelling.latitude = {k_latitude};
  spelling.longitude = {k_longitude};
  spelling.altitude = {k_altitude, "altitude", "alt"};
  spelling.speed_unit = options.speed_unit.value_or(SpeedUnit::kmh);
  return spelling;
}

bool looks_swapped(double latitude, double longitude) {
  return std::abs(latitude) > k_inhabited_latitude_max && std::abs(longitude) <= k_inhabited_latitude_max;
}

}  // namespace

bool GeoJson::recognises(const Fields& fields) {
  const auto type = fields.text("type");
  return (type == "Feature" && fields.find({"geometry", "properties"}) != nullptr) ||
         (type == "Point" && fields.find({"coordinates"}) != nullptr) || type == "FeatureCollection";
}

void GeoJson::take(std::size_t line, const Fields& fields) {
  const auto type = fields.text("type");
  if (type == "FeatureCollection") {
    output_.rejected(line, "a FeatureCollection; give its features one a line (jq -c '.features[]')");
    return;
  }
  if (type == "Point") {
    take_point(line, fields, fields);
    return;
  }
  if (type != "Feature") {
    output_.rejected(line, "neither a Feature nor a Point of GeoJSON");
    return;
  }
  const auto* geometry = fields.find({"geometry"});
  if (geometry == nullptr) {  // RFC 7946 section 3.2: null where it is not located
    output_.skipped(line, "no fix");
    return;
  }
  const auto members = model::parse_object(geometry->text);
  if (!members || Fields(*members).text("type") != "Point") {
    output_.rejected(line, "geometry must be a Point");
    return;
  }
  Fields all = fields;
  std::vector<model::JsonMember> properties;
  if (const auto* field = fields.find({"properties"}); field != nullptr) {
    auto parsed = model::parse_object(field->text);
    if (!parsed) {
      output_.rejected(line, "properties must be an object");
      return;
    }
    properties = *std::move(parsed);
    all.add(properties);
  }
  take_point(line, std::move(all), Fields(*members));
}

void GeoJson::take_point(std::size_t line, Fields fields, const Fields& geometry) {
  const auto* coordinates = geometry.find({"coordinates"});
  auto list = coordinates == nullptr || coordinates->type != FieldType::other ? std::string_view{}
                                                                              : base::trim(coordinates->text);
  if (!list.starts_with('[')) {
    output_.rejected(line, "coordinates must be [longitude, latitude]");
    return;
  }
  // The bytes were checked as JSON, so that the list is sound; what is in it need not be numbers.
  const auto values = base::split(list.substr(1, list.size() - 2), ',');
  constexpr std::array k_order = {k_longitude, k_latitude, k_altitude};
  std::array<double, 3> numbers{};
  for (std::size_t i = 0; i < values.size() && i < k_order.size(); ++i) {
    const auto text = base::trim(values[i]);
    const auto number = base::parse_decimal(text);
    if (!number) {
      output_.rejected(line, "coordinates must be numbers");
      return;
    }
    numbers[i] = *number;
    fields.add({k_order[i], text, FieldType::number});
  }
  if (values.size() < 2) {
    output_.rejected(line, "coordinates must be [longitude, latitude]");
    return;
  }
  if (looks_swapped(numbers[1], numbers[0]) && !std::exchange(said_swapped_, true)) {
    output_.doubtful(line, "are the coordinates swapped? GeoJSON has [longitude, latitude]");
  }
  give_fields(output_, fields, spelling_of(options_), options_.driver_field, line);
}

}  // namespace rt::gps
