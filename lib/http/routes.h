// SPDX-License-Identifier: MIT
// The URLs of rtserve: a path in, a Route out. The stream URLs come from model's resource table. Pure.
#pragma once

#include <expected>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "model/topic.h"

namespace rt::http {

struct TopicRoute {
  model::Topic topic;
};  // /api/v1/realtime/orders/ID/stream: GET, HEAD, POST
struct StreamRoute {};  // /api/v1/realtime/stream: GET, HEAD
struct EventsRoute {};  // /api/v1/realtime/events: POST
struct StatsRoute {};   // /api/v1/realtime/stats: GET, HEAD
struct HealthRoute {};  // /healthz: GET, HEAD

using Route = std::variant<TopicRoute, StreamRoute, EventsRoute, StatsRoute, HealthRoute>;

// 404 (a problem) when there is nothing at the path, 400 when the ID in it is not valid.
std::expected<Route, Response> find_route(std::string_view path);
// The value of the Allow field for the route ("GET, HEAD, POST, OPTIONS").
std::string_view allowed_methods(const Route& route);
bool allows(const Route& route, Method method);

// Does the Accept field (absent: yes) let an event stream through? (RFC 9110 section 12.5.1, q=0 respected)
bool accepts_event_stream(const Request& request);
// Does Accept-Encoding ask for gzip? Not when it is absent: who does not ask may not understand.
bool accepts_gzip(const Request& request);
// Is Content-Type this media type, parameters aside?
bool has_media_type(const Request& request, std::string_view media_type);

}  // namespace rt::http
