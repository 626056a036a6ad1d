// SPDX-License-Identifier: MIT
#include "http/routes.h"

#include <doctest/doctest.h>

using namespace rt::http;
using rt::model::Kind;
using rt::model::Topic;

namespace {

int status_of(std::string_view path) {
  const auto route = find_route(path);
  return route ? 200 : route.error().status;
}

std::optional<Topic> topic_of(std::string_view path) {
  const auto route = find_route(path);
  if (!route || !std::holds_alternative<TopicRoute>(*route)) return std::nullopt;
  return std::get<TopicRoute>(*route).topic;
}

}  // namespace

TEST_CASE("each kind's stream URL leads to its topic") {
  CHECK(topic_of("/api/v1/realtime/orders/O-1/stream") == Topic{Kind::order, "O-1"});
  CHECK(topic_of("/api/v1/realtime/runs/r.2~x/stream") == Topic{Kind::run, "r.2~x"});
  CHECK(topic_of("/api/v1/realtime/drivers/a:b_C/location") == Topic{Kind::driver, "a:b_C"});
}

TEST_CASE("an ID is percent-decoded once") {
  CHECK(topic_of("/api/v1/realtime/orders/%4F%2d1/stream") == Topic{Kind::order, "O-1"});
  CHECK(status_of("/api/v1/realtime/orders/%254F/stream") == 400);
  CHECK(status_of("/api/v1/realtime/orders/a%2Fb/stream") == 400);
  CHECK(status_of("/api/v1/realtime/orders/a%00/stream") == 400);
}

TEST_CASE("an ID that is not valid is 400, and .. is an ID like any other") {
  CHECK(status_of("/api/v1/realtime/orders//stream") == 400);
  CHECK(status_of("/api/v1/realtime/orders/a b/stream") == 400);
  CHECK(status_of("/api/v1/realtime/orders/%4/stream") == 400);
  CHECK(status_of("/api/v1/realtime/orders/" + std::string(128, 'a') + "/stream") == 200);
  CHECK(status_of("/api/v1/realtime/orders/" + std::string(129, 'a') + "/stream") == 400);
  CHECK(topic_of("/api/v1/realtime/orders/../stream") == Topic{Kind::order, ".."});
}

TEST_CASE("the other URLs lead to their routes") {
  CHECK(std::holds_alternative<StreamRoute>(find_route("/api/v1/realtime/stream").value()));
  CHECK(std::holds_alternative<EventsRoute>(find_route("/api/v1/realtime/events").value()));
  CHECK(std::holds_alternative<StatsRoute>(find_route("/api/v1/realtime/stats").value()));
  CHECK(std::holds_alternative<HealthRoute>(find_route("/healthz").value()));
}

TEST_CASE("anything else is 404") {
  for (const std::string_view path :
       {"/", "*", "/api", "/api/v1/realtime", "/api/v1/realtime/", "/api/v1/realtimes/stats",
        "/api/v1/realtime/stats/", "/api/v1/realtime/orders/O-1/stream/",
        "/api/v1/realtime/orders/O-1/location", "/api/v1/realtime/orders/O-1",
        "/api/v1/realtime/drivers/D-7/stream", "/api/v1/realtime/trucks/T/stream",
        "/api/v1/realtime/Orders/O-1/stream", "/api/v1/realtime/orders%2FO-1%2Fstream",
        "//api/v1/realtime/stats", "/healthz/", "/metrics"}) {
    INFO(path);
    CHECK(status_of(path) == 404);
  }
}

TEST_CASE("a route allows its methods and names them") {
  struct Case {
    std::string_view path, allowed;
  };
  for (const auto& [path, allowed] :
       {Case{"/api/v1/realtime/orders/O-1/stream", "GET, HEAD, POST, OPTIONS"},
        Case{"/api/v1/realtime/stream", "GET, HEAD, OPTIONS"},
        Case{"/api/v1/realtime/events", "POST, OPTIONS"},
        Case{"/api/v1/realtime/stats", "GET, HEAD, OPTIONS"}, Case{"/healthz", "GET, HEAD, OPTIONS"}}) {
    INFO(path);
    const Route route = find_route(path).value();
    CHECK(allowed_methods(route) == allowed);
    const auto names = [listed = allowed](std::string_view name) {
      return listed.find(name) != std::string_view::npos;
    };
    CHECK(allows(route, Method::get) == names("GET"));
    CHECK(allows(route, Method::head) == names("HEAD"));
    CHECK(allows(route, Method::post) == names("POST"));
    CHECK(allows(route, Method::options));
    CHECK_FALSE(allows(route, Method::other));
  }
}
