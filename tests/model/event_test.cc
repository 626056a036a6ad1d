// SPDX-License-Identifier: MIT
#include "model/event.h"

#include <doctest/doctest.h>

#include "model/json.h"

using namespace rt::model;
using namespace std::chrono_literals;

namespace {

constexpr rt::base::WallTime k_now{1703082900000ms};
const Topic k_order{Kind::order, "O-1"};

std::string described(const std::expected<Event, EventError>& event) {
  if (event) {
    std::string json;
    append_event_json(json, *event);
    return json;
  }
  const char* const faults[] = {"malformed", "too_large", "invalid"};
  return std::string(faults[static_cast<std::size_t>(event.error().fault)]) + " " + event.error().field +
         ": " + event.error().what;
}

std::string posted(std::string_view body) {
  return described(parse_payload(k_order, body, {}, k_now));
}
std::string line(std::string_view text) {
  return described(parse_event(text, {}, k_now));
}

}  // namespace

TEST_CASE("the events of the contract pass unchanged") {
  for (
      const char* text : {
          R"({"type":"order_update","orderId":"clxxx","data":{"status":"IN_PROGRESS","actualArrival":"2023-12-20T14:30:00.000Z"}})",
          R"({"type":"run_update","runId":"clzzz","data":{"status":"IN_PROGRESS","completedStops":5,"totalStops":10}})",
          R"({"type":"driver_location","driverId":"clyy","location":{"latitude":43.6532,"longitude":-79.3832,"heading":180,"speed":45.5},"timestamp":"2023-12-20T14:35:00.000Z"})",
      }) {
    CHECK(line(text) == text);
  }
}

TEST_CASE("a payload keeps its key order, number spelling, escapes and inner space") {
  for (const char* body : {"{}", R"({"z":1e5,"a":12345678901234567890,"m":1.0,"b":12345678901234567890123})",
                           R"({"a":"\u00e9\/","a":null})", "{\"a\" :\t[ 1 , 2 ]}",
                           "{\"name\":\"caf\xC3\xA9 \xF0\x9F\x9A\x9A\"}"}) {
    CAPTURE(body);
    CHECK(posted(body) == R"({"type":"order_update","orderId":"O-1","data":)" + std::string(body) + "}");
  }
}

TEST_CASE("a payload is brought onto one line") {
  CHECK(posted("\r\n {\r\n  \"a\": \"x\\n\",\r  \"b\": [\n1]\n}\n") ==
        R"({"type":"order_update","orderId":"O-1","data":{  "a": "x\n",  "b": [1]}})");
  CHECK(line("{\"type\":\"order_update\",\"orderId\":\"O-1\",\"data\":{\n\"a\":1}}\r") ==
        R"({"type":"order_update","orderId":"O-1","data":{"a":1}})");
}

TEST_CASE("a body that is no JSON object is malformed, and says where") {
  CHECK(posted("") == "malformed : not a JSON object: unexpected end of input at byte 0");
  CHECK(posted("[1]") == "malformed : not a JSON object: not an object at byte 0");
  CHECK(posted("{\"a\":1}}") == "malformed : not a JSON object: unexpected '}' at byte 7");
  CHECK(posted("{\"a\":\"\xFF\"}").starts_with("malformed : "));
  CHECK(line("hello").starts_with("malformed : "));
}

TEST_CASE("a payload of exactly the limit passes, posted or in a line, and one byte more does not") {
  const EventLimits limits{.event_bytes_max = 20};
  const std::string fits = R"({"a":"012345678901"})";
  const std::string over = R"({"a":"0123456789012"})";
  const auto whole = [](const std::string& payload) {
    return R"({"type":"order_update","orderId":")" + std::string(128, 'x') + R"(","data":)" + payload + "}";
  };
  CHECK(parse_payload(k_order, fits, limits, k_now));
  CHECK(parse_event(whole(fits), limits, k_now));
  CHECK(described(parse_payload(k_order, over, limits, k_now)) ==
        "too_large : the event has 21 bytes, at most 20 are taken");
  CHECK(described(parse_event(whole(over), limits, k_now)) ==
        "too_large : the event has 21 bytes, at most 20 are taken");
  CHECK(described(parse_event(std::string(10'000, ' '), limits, k_now)).starts_with("too_large : "));
}

TEST_CASE("members of a whole event may come in any order") {
  CHECK(line(R"({"data":{"a":1},"orderId":"O-1","type":"order_update"})") ==
        R"({"type":"order_update","orderId":"O-1","data":{"a":1}})");
}

TEST_CASE("a position's timestamp is taken from beside the location, from inside it, or from the clock") {
  const std::string head =
      R"({"type":"driver_location","driverId":"D-7","location":{"latitude":1,"longitude":2)";
  const std::string out = head + R"(},"timestamp":")";
  CHECK(line(head + R"(},"timestamp":"2024-01-01T01:00:00+01:00"})") ==
        out + R"(2024-01-01T00:00:00.000Z"})");
  CHECK(line(head + R"(,"timestamp":"2024-01-01T00:00:00Z"}})") == out + R"(2024-01-01T00:00:00.000Z"})");
  CHECK(line(head + R"(,"timestamp":"2024-01-01T00:00:00Z"},"timestamp":null})") ==
        out + R"(2024-01-01T00:00:00.000Z"})");
  CHECK(line(head + "}}") == out + R"(2023-12-20T14:35:00.000Z"})");
  CHECK(line(head + R"(,"timestamp":"2024-01-01T00:00:00Z"},"timestamp":"2024-01-01T00:00:00Z"})") ==
        "invalid timestamp: timestamp is given twice, beside and inside location");
}

TEST_CASE("a line that is no event names what is wrong and what was probably meant") {
  const std::string types = "order_update, run_update, driver_location";
  const std::string id_rule = " must be a string of 1 to 128 characters of A-Z a-z 0-9 . _ ~ : -";
  const std::pair<const char*, std::string> rows[] = {
      {"{}", "invalid type: type must be one of " + types},
      {R"({"type":5})", "invalid type: type must be one of " + types},
      {R"({"type":"order_updat"})",
       "invalid type: type \"order_updat\" is not one of " + types + "; did you mean \"order_update\"?"},
      {R"({"type":"order"})", "invalid type: type \"order\" is not one of " + types},
      {R"({"type":"x\u001b[2J"})", "invalid type: type \"x\\x1B[2J\" is not one of " + types},
      {R"({"type":"order_update","data":{}})", "invalid orderId: orderId" + id_rule},
      {R"({"type":"order_update","orderId":"a b","data":{}})", "invalid orderId: orderId" + id_rule},
      {R"({"type":"order_update","orderId":5,"data":{}})", "invalid orderId: orderId" + id_rule},
      {R"({"type":"order_update","orderId":"O-1"})", "invalid data: data must be an object"},
      {R"({"type":"order_update","orderId":"O-1","data":[]})", "invalid data: data must be an object"},
      {R"({"type":"order_update","orderId":"O-1","dat":{}})",
       "invalid dat: unknown member \"dat\" in order_update (type, orderId, data); did you mean \"data\"?"},
      {R"({"type":"run_update","orderId":"O-1","data":{}})",
       "invalid orderId: unknown member \"orderId\" in run_update (type, runId, data)"},
      {R"({"type":"order_update","orderId":"O-1","data":{},"timestamp":"2024-01-01T00:00:00Z"})",
       "invalid timestamp: unknown member \"timestamp\" in order_update (type, orderId, data)"},
      {R"({"type":"driver_location","driverId":"D","location":{},"timestmp":1})",
       "invalid timestmp: unknown member \"timestmp\" in driver_location (type, driverId, location, "
       "timestamp); did you mean \"timestamp\"?"},
      {R"({"id":"1-0","type":"order_update","orderId":"O-1","data":{}})",
       "invalid id: id is given by the server; leave it out"},
      {R"({"type":"order_update","orderId":"O-1","orderId":"O-2","data":{}})",
       "invalid orderId: orderId is given twice"},
      {R"({"type":"order_update","type":"run_update","orderId":"O-1","data":{}})",
       "invalid type: type is given twice"},
      {R"({"type":"order_update","orderId":"O-1","data":{},"d\u0061ta":{}})",
       "invalid data: data is given twice"},
      {R"({"type":"driver_location","driverId":"D","location":{"latitude":91,"longitude":0}})",
       "invalid location.latitude: location.latitude must be a number from -90 to 90"},
      {R"({"type":"driver_location","driverId":"D","location":{"latitude":1,"longitude":0},"timestamp":5})",
       "invalid timestamp: timestamp must be an RFC 3339 time with its offset, such as "
       "2023-12-20T14:35:00.000Z"},
      {R"({"type":"driver_location","driverId":"D","location":{"latitude":1,"longitude":0,"timestamp":5}})",
       "invalid location.timestamp: location.timestamp must be an RFC 3339 time with its offset, such as "
       "2023-12-20T14:35:00.000Z"},
  };
  for (const auto& [text, expected] : rows) {
    CAPTURE(text);
    CHECK(line(text) == expected);
  }
}

TEST_CASE("an error says little of a very long member") {
  const auto refused =
      parse_event(R"({"type":"order_update",")" + std::string(60'000, 'x') + R"(":1})", {}, k_now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().field.size() < 100);
  CHECK(refused.error().what.size() < 300);
}

TEST_CASE("what is accepted is one line of JSON again, and accepted again unchanged") {
  for (
      const char* text :
      {R"({"type":"order_update","orderId":"O-1","data":{"a":[1, 2,
 3]}})",
       R"({"type":"driver_location","driverId":"D","location":{"latitude":1,"longitude":2,"heading":360,"speed":null,"a\u0000\"":1}})"}) {
    const std::string once = line(text);
    CHECK(once.find('\n') == std::string::npos);
    CHECK(parse_object(once));
    CHECK(line(once) == once);
  }
}
