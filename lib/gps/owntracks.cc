// SPDX-License-Identifier: MIT
// Field names and units: the OwnTracks Booklet, "JSON".
#include "gps/owntracks.h"

#include <algorithm>
#include <array>

#include "gps/spelling.h"

namespace rt::gps {
namespace {

constexpr std::array<std::string_view, 15> k_types = {
    "beacon",  "card",   "cmd",   "configuration", "dump",     "encrypted", "location", "lwt",
    "request", "status", "steps", "transition",    "waypoint", "waypoints", "msg",
};

// Numbers may be strings: some bridges make strings of everything.
constexpr Spelling k_owntracks = {
    .latitude = {"lat"},
    .longitude = {"lon"},
    .heading = {"cog"},
    .speed = {"vel"},
    .accuracy = {"acc"},
    .altitude = {"alt"},
    .time = {"tst"},
    .driver = {"tid"},
    .speed_unit = SpeedUnit::kmh,
    .numbers = NumberForm::number_or_text,
};

}  // namespace

bool is_owntracks(const Fields& fields) {
  return std::ranges::find(k_types, fields.text("_type")) != k_types.end();
}

void take_owntracks(const Output& output, const Fields& fields, const Options& options, std::size_t line) {
  const auto type = fields.text("_type");
  if (type == "encrypted") {
    output.rejected(line,
                    "encrypted by OwnTracks; rtpush cannot decrypt it, switch the app's encryption off");
  } else if (type == "location") {
    give_fields(output, fields, k_owntracks, options.driver_field, line);
  }
}

}  // namespace rt::gps
