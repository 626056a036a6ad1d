// SPDX-License-Identifier: MIT
// How an event is printed: for people, for programs. Pure but for the time zone; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace rt::cli {

enum class EventFormat {
  pretty,  // one line: time, topic, the essentials
  ndjson,  // {"id":"MS-N","type":"message","receivedAt":"...","data":...}
  csv,     // a row, see csv_header()
  data,    // the data alone
  raw,     // as an event stream again
};

enum class Colors { none, ansi };

struct ReceivedEvent {
  std::string_view id;    // the last event id as of this event
  std::string_view type;  // "message" when the stream named none
  std::string_view data;
  base::WallTime received_at;
};

// With the line end. Nothing that came from the server reaches a terminal as a control character in `pretty`.
std::string format_event(const ReceivedEvent& event, EventFormat format, Colors colors);

// The header row of EventFormat::csv. The columns of a position are named as `rtpush gps --format csv` reads
// them.
std::string csv_header();

// ↑ ↗ → ↘ ↓ ↙ ← ↖ for degrees true.
std::string_view arrow_of(double heading);

}  // namespace rt::cli
