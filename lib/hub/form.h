// SPDX-License-Identifier: MIT
// Form: how a stream's bytes look, as its request asked for. Whatever is the same for several subscribers is
// put together once for each form. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "store/frame.h"

namespace rt::hub {

enum class Framing : std::uint8_t {
  chunked,  // HTTP/1.1
  plain,    // HTTP/1.0: the end of the connection is the end of the stream
};

enum class EventNames : std::uint8_t {
  none,   // for EventSource.onmessage
  types,  // `event: order_update`, for addEventListener
};

enum class Coding : std::uint8_t { identity, gzip };

struct Form {
  Framing framing = Framing::chunked;
  EventNames names = EventNames::none;
  Coding coding = Coding::identity;
  bool operator==(const Form&) const = default;
};

enum class Id : std::uint8_t { send, omit };

// An event, not yet in any coding or chunk.
void append_event(std::string& out, const store::Frame& frame, EventNames names, Id id = Id::send);
// The same as what is known of its topic: marked, and without an id.
void append_snapshot(std::string& out, const store::Frame& frame, EventNames names);

}  // namespace rt::hub
