// SPDX-License-Identifier: MIT
// The resource table: orders, delivery runs and drivers, and how each is spelled in topics, URLs, events and
// counts. Nothing else in the code spells these words out; a fourth kind is one more row. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rt::model {

enum class Kind : std::uint8_t { order, run, driver };

enum class Payload : std::uint8_t {
  object,    // any JSON object, passed on as the bytes that came
  position,  // a checked position with a timestamp beside it
};

struct Resource {
  Kind kind;
  std::string_view singular;     // "order": commands, logs
  std::string_view plural;       // "orders": topics, URLs, claims, counts
  std::string_view url_suffix;   // the last segment of the stream URL
  std::string_view event_type;   // "order_update"
  std::string_view id_key;       // "orderId"
  std::string_view payload_key;  // "data"
  Payload payload;
};

inline constexpr std::array k_resources = {
    Resource{Kind::order, "order", "orders", "stream", "order_update", "orderId", "data", Payload::object},
    Resource{Kind::run, "run", "runs", "stream", "run_update", "runId", "data", Payload::object},
    Resource{Kind::driver, "driver", "drivers", "location", "driver_location", "driverId", "location",
             Payload::position},
};

inline constexpr std::size_t k_kind_count = k_resources.size();

constexpr std::size_t index_of(Kind kind) {
  return static_cast<std::size_t>(kind);
}
constexpr const Resource& resource_of(Kind kind) {
  return k_resources[index_of(kind)];
}

// By plural ("orders"), singular ("order") or event type ("order_update"); null when there is none.
const Resource* find_by_plural(std::string_view plural);
const Resource* find_by_singular(std::string_view singular);
const Resource* find_by_event_type(std::string_view event_type);

// The path prefix of every stream: "/api/v1/realtime".
inline constexpr std::string_view k_url_prefix = "/api/v1/realtime";

}  // namespace rt::model
