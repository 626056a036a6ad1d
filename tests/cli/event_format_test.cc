// SPDX-License-Identifier: MIT
#include "cli/event_format.h"

#include <doctest/doctest.h>

#include <chrono>
#include <ctime>

#include "base/time_text.h"
#include "cli/scratch.h"

using namespace rt;
using cli::Colors;
using cli::EventFormat;

namespace {

std::string format(std::string_view data, EventFormat form, Colors colors = Colors::none,
                   std::string_view type = "message") {
  const cli::ReceivedEvent event{"1703082900000-0", type, data, *base::parse_time("2023-12-20T14:35:00.5Z")};
  return cli::format_event(event, form, colors);
}

}  // namespace

TEST_CASE("a line of NDJSON holds the data as it came") {
  const std::string data =
      R"({"type":"order_update","orderId":"O-1","data":{"b":1e5,"a":1.0,"c":"\u00e9é"}})";
  CHECK(format(data, EventFormat::ndjson) ==
        R"({"id":"1703082900000-0","type":"message","receivedAt":"2023-12-20T14:35:00.500Z","data":)" + data +
            "}\n");
}

TEST_CASE("a row of CSV has the members of positions and statuses, and the data") {
  CHECK(
      cli::csv_header() ==
      "receivedAt,id,type,topic,status,latitude,longitude,heading,speed,accuracy,altitude,timestamp,data\n");
  CHECK(format(R"({"type":"order_update","orderId":"O-1","data":{"status":"A, B"}})", EventFormat::csv) ==
        R"(2023-12-20T14:35:00.500Z,1703082900000-0,message,orders/O-1,"A, B",,,,,,,,)"
        R"("{""type"":""order_update"",""orderId"":""O-1"",""data"":{""status"":""A, B""}}")"
        "\n");
  CHECK(
      format(
          R"({"type":"driver_location","driverId":"D-7","location":{"latitude":1,"longitude":2.50},"timestamp":"T"})",
          EventFormat::csv)
          .starts_with("2023-12-20T14:35:00.500Z,1703082900000-0,message,drivers/D-7,,1,2.50,,,,,T,"));
  CHECK(format("two\nlines", EventFormat::csv) ==
        "2023-12-20T14:35:00.500Z,1703082900000-0,message,,,,,,,,,,\"two lines\"\n");
}

TEST_CASE("an array is kept, everything else becomes a string") {
  CHECK(format("[1, 2]", EventFormat::ndjson)
            .ends_with(R"("data":[1, 2]})"
                       "\n"));
  CHECK(format("hello \"you\"", EventFormat::ndjson)
            .ends_with(R"("data":"hello \"you\""})"
                       "\n"));
  CHECK(format("42", EventFormat::ndjson)
            .ends_with(R"("data":"42"})"
                       "\n"));
  CHECK(format("{broken", EventFormat::ndjson)
            .ends_with(R"("data":"{broken"})"
                       "\n"));
  CHECK(format("{},\"x\":{}", EventFormat::ndjson)
            .ends_with(R"("data":"{},\"x\":{}"})"
                       "\n"));
  CHECK(format("", EventFormat::ndjson)
            .ends_with(R"("data":""})"
                       "\n"));
}

TEST_CASE("data of several lines stays one line of NDJSON") {
  CHECK(format("{\n  \"a\": 1\n}", EventFormat::ndjson).ends_with("\"data\":{   \"a\": 1 }}\n"));
  CHECK(format("a\nb", EventFormat::ndjson)
            .ends_with(R"("data":"a\u000ab"})"
                       "\n"));
}

TEST_CASE("a position is shown with its arrow") {
  test::Scratch scratch;
  scratch.set_environment("TZ", "UTC");
  tzset();
  CHECK(
      format(
          R"({"type":"driver_location","driverId":"D-7","location":{"latitude":43.6532,"longitude":-79.3832,)"
          R"("heading":180,"speed":45.5},"timestamp":"2023-12-20T14:35:00.000Z"})",
          EventFormat::pretty) == "14:35:00  drivers/D-7       43.6532, -79.3832  ↓ 180°  45.5 km/h\n");
  CHECK(
      format(
          R"({"type":"driver_location","driverId":"D-7","location":{"latitude":1,"longitude":2},"snapshot":true})",
          EventFormat::pretty) == "14:35:00  drivers/D-7       1, 2  (latest known)\n");
}

TEST_CASE("an order's status and stops come first") {
  test::Scratch scratch;
  scratch.set_environment("TZ", "UTC");
  tzset();
  CHECK(format(R"({"type":"run_update","runId":"R-1","data":{"note":"x","completedStops":5,"totalStops":10,)"
               R"("status":"IN_PROGRESS"}})",
               EventFormat::pretty) == "14:35:00  runs/R-1          IN_PROGRESS  5/10 stops  note=x\n");
}

TEST_CASE("of an order with much in it the line for people shows the beginning") {
  std::string data;
  for (char key = 'a'; key <= 'z'; ++key) data += std::string(",\"") + key + "\":\"0123456789\"";
  const auto line = format(R"({"type":"order_update","orderId":"O-1","data":{"status":"NEW")" + data + "}}",
                           EventFormat::pretty);
  CHECK(line.ends_with("  k=0123456789  l=0123456789  ...\n"));
}

TEST_CASE("a server cannot send control characters to the terminal") {
  for (
      const char* data :
      {"\x1b[2J",
       R"({"type":"order_update","orderId":"O-1","data":{"status":"\u001b[2J","\u001b]0;x\u0007":"\u009b2J"}})",
       R"({"type":"driver_location","driverId":"\u001b[2J","location":{"latitude":"\u001b","longitude":1}})"}) {
    const auto line = format(data, EventFormat::pretty, Colors::none, "ty\x1bpe");
    CHECK(line.find('\x1b') == std::string::npos);
    CHECK(line.find("\xc2\x9b") == std::string::npos);
    CHECK(line.find('\n') == line.size() - 1);
  }
}

TEST_CASE("colour only where it is wanted") {
  const std::string data = R"({"type":"order_update","orderId":"O-1","data":{"status":"NEW"}})";
  CHECK(format(data, EventFormat::pretty).find('\x1b') == std::string::npos);
  CHECK(format(data, EventFormat::pretty, Colors::ansi).find("\x1b[1mNEW\x1b[0m") != std::string::npos);
}

TEST_CASE("eight arrows, north to north") {
  CHECK(cli::arrow_of(0) == "↑");
  CHECK(cli::arrow_of(22.4) == "↑");
  CHECK(cli::arrow_of(22.6) == "↗");
  CHECK(cli::arrow_of(90) == "→");
  CHECK(cli::arrow_of(337.6) == "↑");
  CHECK(cli::arrow_of(360) == "↑");
  CHECK(cli::arrow_of(-1).empty());
}

TEST_CASE("raw is an event stream again") {
  CHECK(format("a\nb", EventFormat::raw, Colors::none, "note") ==
        "id: 1703082900000-0\nevent: note\ndata: a\ndata: b\n\n");
  CHECK(format("a", EventFormat::data) == "a\n");
}
