// SPDX-License-Identifier: MIT
// How an event is written as an entry of the stream, and how an entry is read. Any program may add entries,
// so each is checked like a request, whoever wrote it. The fields are documented in man/rtserve.1:
//
//   topic  orders/O-1
//   data   the JSON object that one would POST to the topic's stream URL, at most k_entry_bytes_max bytes
//
// Further fields are passed over. Pure; any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

#include "model/event.h"
#include "sse/event_id.h"
#include "store/redis_reply.h"

namespace rt::store {

// Of all fields together. An event that the server takes is smaller, or is not kept (see RedisEngine).
inline constexpr std::size_t k_entry_bytes_max = std::size_t{8} << 20U;
inline constexpr std::size_t k_entry_texts_max = 32;

// An entry that is no event: it stands where a stream was begun, or begun anew.
inline constexpr const char* k_begin_field = "begin";

struct EntryFields {
  std::string topic;
  std::string data;
};
EntryFields to_fields(const model::Event& event);

enum class EntryFault { none, begins_stream, wrong };

struct EntryRead {
  EntryFault fault = EntryFault::none;
  model::Event event;  // when there is no fault
  std::string what;    // when it is wrong
};
// `fields`: names and values in turn. The id's time is that of a position without one, so that every instance
// reads the same.
EntryRead read_entry(sse::EventId id, RedisValue fields);

}  // namespace rt::store
