// SPDX-License-Identifier: MIT
#include "http/routes.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "model/resource.h"

namespace rt::http {
namespace {

constexpr std::size_t k_topic_segments = 3;  // orders/ID/stream

std::unexpected<Response> nothing_here() {
  std::string detail = "there is nothing at this path; streams are at ";
  for (const model::Resource& resource : model::k_resources) {
    detail += std::string(model::k_url_prefix) + '/' + std::string(resource.plural) + "/ID/" +
              std::string(resource.url_suffix) + ", ";
  }
  detail += "and several topics at " + std::string(model::k_url_prefix) + "/stream?topic=...";
  return std::unexpected(problem(404, detail));
}

using Segments = std::array<std::string, k_topic_segments>;

// The path's decoded segments behind the prefix; decoding is done once, after the cut at the slashes.
std::optional<Segments> decode_segments(std::string_view path) {
  Segments segments;
  for (std::string& segment : segments) {
    const std::size_t end = std::min(path.find('/'), path.size());
    auto decoded = base::percent_decode(path.substr(0, end));
    if (!decoded) return std::nullopt;
    segment = std::move(*decoded);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return segments;
}

std::expected<Route, Response> find_topic(Segments& segments) {
  const model::Resource* resource = model::find_by_plural(segments[0]);
  if (resource == nullptr || segments[2] != resource->url_suffix) return nothing_here();
  if (!model::is_valid_id(segments[1])) {
    return std::unexpected(
        problem(400, "the " + std::string(resource->singular) +
                         " ID in the path is not valid: 1 to 128 characters of A-Z a-z 0-9 . _ ~ : -"));
  }
  return TopicRoute{{resource->kind, std::move(segments[1])}};
}

}  // namespace

std::expected<Route, Response> find_route(std::string_view path) {
  if (path == "/healthz") return HealthRoute{};
  if (!path.starts_with(model::k_url_prefix)) return nothing_here();
  path.remove_prefix(model::k_url_prefix.size());
  if (!path.starts_with('/')) return nothing_here();
  path.remove_prefix(1);

  const auto slashes = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
  if (slashes >= k_topic_segments) return nothing_here();
  auto segments = decode_segments(path);
  if (!segments)
    return std::unexpected(problem(400, "the path has a '%' without two hexadecimal digits behind it"));
  if (slashes == k_topic_segments - 1) return find_topic(*segments);
  if (slashes != 0) return nothing_here();
  if (segments->front() == "stream") return StreamRoute{};
  if (segments->front() == "events") return EventsRoute{};
  if (segments->front() == "stats") return StatsRoute{};
  return nothing_here();
}

std::string_view allowed_methods(const Route& route) {
  if (std::holds_alternative<TopicRoute>(route)) return "GET, HEAD, POST, OPTIONS";
  if (std::holds_alternative<EventsRoute>(route)) return "POST, OPTIONS";
  return "GET, HEAD, OPTIONS";
}

bool allows(const Route& route, Method method) {
  switch (method) {
    case Method::get:
    case Method::head:
      return !std::holds_alternative<EventsRoute>(route);
    case Method::post:
      return std::holds_alternative<TopicRoute>(route) || std::holds_alternative<EventsRoute>(route);
    case Method::options:
      return true;
    case Method::other:
      return false;
  }
  return false;
}

}  // namespace rt::http
