// SPDX-License-Identifier: MIT
// The body of a POST to a driver's location, through parse_payload.
#include <doctest/doctest.h>

#include "base/time_text.h"
#include "model/event.h"
#include "model/position.h"

using namespace rt::model;
using namespace std::chrono_literals;

namespace {

const Topic k_driver{Kind::driver, "D-7"};
constexpr rt::base::WallTime k_now{1703082900000ms};

// "PAYLOAD TIMESTAMP", or "FAULT FIELD: WHAT".
std::string outcome(std::string_view body) {
  const auto event = parse_payload(k_driver, body, {}, k_now);
  if (event) return event->payload + " " + event->timestamp;
  const char* const faults[] = {"malformed", "too_large", "invalid"};
  return std::string(faults[static_cast<std::size_t>(event.error().fault)]) + " " + event.error().field +
         ": " + event.error().what;
}

std::string with(std::string_view members) {
  return R"({"latitude":1,"longitude":2,)" + std::string(members) + "}";
}

}  // namespace

TEST_CASE("a position passes with its numbers as they were spelled") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"latitude":43.6532,"longitude":-79.3832,"heading":180,"speed":45.5})",
       R"({"latitude":43.6532,"longitude":-79.3832,"heading":180,"speed":45.5})"},
      {R"({"longitude":-1.80e2,"latitude":90.000000000000000000})",
       R"({"longitude":-1.80e2,"latitude":90.000000000000000000})"},
      {R"({"latitude":-90,"longitude":180,"accuracy":0,"altitude":-12.50})",
       R"({"latitude":-90,"longitude":180,"accuracy":0,"altitude":-12.50})"},
      {"\r\n{ \"latitude\" : 1 ,\r\n\t\"longitude\":2}\n", R"({"latitude":1,"longitude":2})"},
      {R"({"latitude":1,"longitude":2,"heading":null,"speed":null,"accuracy":null,"altitude":null})",
       R"({"latitude":1,"longitude":2})"},
      {R"({"heading":null,"latitude":1,"longitude":2})", R"({"latitude":1,"longitude":2})"},
      {R"({"latitude":1,"longitude":2,"battery":{"level": 0.50},"x":null})",
       R"({"latitude":1,"longitude":2,"battery":{"level": 0.50},"x":null})"},
      {"{\"latitude\":1,\"longitude\":2,\"x\":[1,\r\n2]}", R"({"latitude":1,"longitude":2,"x":[1,2]})"},
  };
  for (const auto& [body, payload] : rows) {
    CAPTURE(body);
    CHECK(outcome(body) == std::string(payload) + " 2023-12-20T14:35:00.000Z");
  }
}

TEST_CASE("heading 360 becomes 0, however it is spelled") {
  for (const char* heading : {"360", "360.0", "3.6e2"}) {
    CHECK(outcome(with(std::string("\"heading\":") + heading))
              .starts_with(R"({"latitude":1,"longitude":2,"heading":0} )"));
  }
}

TEST_CASE("the timestamp is taken out and brought to UTC with milliseconds") {
  CHECK(outcome(with(R"("timestamp":"2024-01-01T01:00:00.1234+01:00","speed":3)")) ==
        R"({"latitude":1,"longitude":2,"speed":3} 2024-01-01T00:00:00.123Z)");
  CHECK(outcome(with(R"("timestamp":null)")) == R"({"latitude":1,"longitude":2} 2023-12-20T14:35:00.000Z)");
  CHECK(outcome(R"({"timestamp":"2024-01-01T00:00:00Z","latitude":1,"longitude":2})") ==
        R"({"latitude":1,"longitude":2} 2024-01-01T00:00:00.000Z)");
}

TEST_CASE("a field that is missing or out of range is named") {
  const std::pair<std::string, const char*> rows[] = {
      {"{}", "invalid latitude: latitude must be a number from -90 to 90"},
      {R"({"latitude":1})", "invalid longitude: longitude must be a number from -180 to 180"},
      {R"({"latitude":90.1,"longitude":2})", "invalid latitude: latitude must be a number from -90 to 90"},
      {R"({"latitude":-91,"longitude":2})", "invalid latitude: latitude must be a number from -90 to 90"},
      {R"({"latitude":"1","longitude":2})", "invalid latitude: latitude must be a number from -90 to 90"},
      {R"({"latitude":null,"longitude":2})", "invalid latitude: latitude must be a number from -90 to 90"},
      {R"({"latitude":1,"longitude":180.5})",
       "invalid longitude: longitude must be a number from -180 to 180"},
      {with(R"("heading":-1)"), "invalid heading: heading must be a number of degrees from 0 to 360"},
      {with(R"("heading":360.01)"), "invalid heading: heading must be a number of degrees from 0 to 360"},
      {with(R"("heading":"N")"), "invalid heading: heading must be a number of degrees from 0 to 360"},
      {with(R"("speed":-0.1)"), "invalid speed: speed must be a number of km/h, 0 or more"},
      {with(R"("accuracy":-5)"), "invalid accuracy: accuracy must be a number of metres, 0 or more"},
      {with(R"("altitude":true)"), "invalid altitude: altitude must be a number of metres"},
      {with(R"("timestamp":"yesterday")"),
       "invalid timestamp: timestamp must be an RFC 3339 time with its offset, such as "
       "2023-12-20T14:35:00.000Z"},
      {with(R"("timestamp":1703082900)"),
       "invalid timestamp: timestamp must be an RFC 3339 time with its offset, such as "
       "2023-12-20T14:35:00.000Z"},
      {with(R"("latitude":1)"), "invalid latitude: latitude is given twice"},
      {with(R"("l\u0061titude":1)"), "invalid latitude: latitude is given twice"},
      {with(R"("speed":null,"speed":1)"), "invalid speed: speed is given twice"},
      {with(R"("timestamp":null,"timestamp":null)"), "invalid timestamp: timestamp is given twice"},
  };
  for (const auto& [body, expected] : rows) {
    CAPTURE(body);
    CHECK(outcome(body) == expected);
  }
}

TEST_CASE("what to_location_json writes is accepted unchanged, with its time beside it") {
  Position position{.latitude = -33.8568,
                    .longitude = 151.2153,
                    .heading = 12.25,
                    .speed = 0.1,
                    .accuracy = 3,
                    .altitude = 0.00002};
  const std::string json = to_location_json(position);
  position.time = rt::base::WallTime(1700000000123ms);
  CHECK(outcome(to_location_json(position)) == json + " " + rt::base::format_time(*position.time));
}
