// SPDX-License-Identifier: MIT
// The endpoints: one function for each resource, defined in its own file. Given a request's head and its
// sender's token, each answers at once (403, 415, ...) or gives the exchange that finishes the request.
// Any reactor's thread.
#pragma once

#include "auth/token.h"
#include "http/message.h"
#include "model/event.h"
#include "model/topic.h"
#include "net/service.h"
#include "server/api.h"

namespace rt::server {

// One for all requests that bring the same token.
using SharedToken = std::shared_ptr<const auth::Token>;

// GET and HEAD of a topic's stream URL. (stream_endpoint.cc)
Begun begin_topic_stream(const Context& context, const http::Request& request, const net::Peer& peer,
                         const SharedToken& token, const model::Topic& topic);
// GET and HEAD of /stream?topic=...&topic=...
Begun begin_stream(const Context& context, const http::Request& request, const net::Peer& peer,
                   const SharedToken& token);
// POST to a topic's stream URL. (publish_endpoint.cc)
Begun begin_publish(const Context& context, const http::Request& request, const SharedToken& token,
                    const model::Topic& topic);
// POST of NDJSON to /events. (events_endpoint.cc)
Begun begin_events(const Context& context, const http::Request& request, const SharedToken& token);
// GET of /stats, ?scope=cluster. (stats_endpoint.cc)
Begun begin_stats(const Context& context, const http::Request& request, const auth::Token& token);

// --- shared by endpoints (endpoint.cc)

// The answer to who has reached a limit, counted.
http::Response limited(const Context& context, const LimitReached& reached);
http::Response forbidden(const Context& context, std::string_view detail);
Rejection rejection_of(model::EventFault fault);
// Counts an event that is not published; without a kind where it could not be read.
void count_rejected(const Context& context, std::optional<model::Kind> kind, Rejection why);
// 503 for a store that could not take the events.
http::Response store_unavailable(const base::Error& error);
// The Idempotency-Key field, scoped to the token's subject; empty when absent, 400 when it is not usable.
std::expected<std::string, http::Response> idempotency_key(const http::Request& request,
                                                           const auth::Token& token);
// An exchange that has its answer already, for requests whose body does not matter.
std::unique_ptr<net::Exchange> answered(http::Response response);

}  // namespace rt::server
