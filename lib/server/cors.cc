// SPDX-License-Identifier: MIT
#include "server/cors.h"

#include <algorithm>

namespace rt::server {

namespace {

bool any_origin(const Config& config) {
  return config.cors_origins.size() == 1 && config.cors_origins.front() == "*";
}

bool is_listed(const Config& config, std::string_view origin) {
  return std::find(config.cors_origins.begin(), config.cors_origins.end(), origin) !=
         config.cors_origins.end();
}

}  // namespace

Fields cors_fields(const Config& config, const http::Request& request) {
  if (config.cors_origins.empty()) return {};
  if (any_origin(config)) return {{"Access-Control-Allow-Origin", "*"}};
  const auto origin = request.field("Origin");
  if (!origin || !is_listed(config, *origin)) return {{"Vary", "Origin"}};
  return {{"Access-Control-Allow-Origin", std::string(*origin)},
          {"Access-Control-Allow-Credentials", "true"},
          {"Vary", "Origin"}};
}

http::Response options_response(const http::Request& request, std::string_view allowed, const Fields& cors) {
  http::Response response;
  response.status = 204;
  response.fields.emplace_back("Allow", allowed);
  const bool origin_allowed = !cors.empty() && cors.front().first == "Access-Control-Allow-Origin";
  if (origin_allowed && request.field("Access-Control-Request-Method")) {
    response.fields.emplace_back("Access-Control-Allow-Methods", allowed);
    response.fields.emplace_back("Access-Control-Allow-Headers",
                                 "Authorization, Content-Type, Idempotency-Key, Last-Event-ID");
    response.fields.emplace_back("Access-Control-Max-Age", "600");
  }
  return response;
}

bool origin_may_write(const Config& config, const http::Request& request) {
  const auto origin = request.field("Origin");
  if (!origin) return false;
  if (is_listed(config, *origin)) return true;
  const auto host = request.field("Host");
  return host && (*origin == "http://" + std::string(*host) || *origin == "https://" + std::string(*host));
}

}  // namespace rt::server
