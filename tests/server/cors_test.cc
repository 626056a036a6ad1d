// SPDX-License-Identifier: MIT
#include "server/cors.h"

#include <doctest/doctest.h>

namespace {

using namespace rt;

http::Request from(std::string_view origin, std::string_view host = "rt.example.com") {
  http::Request request;
  if (!origin.empty()) request.fields.push_back({"Origin", origin});
  request.fields.push_back({"Host", host});
  return request;
}

server::Config allowing(std::vector<std::string> origins) {
  server::Config config;
  config.cors_origins = std::move(origins);
  return config;
}

TEST_CASE("only a listed origin may read answers, and every answer says that it depends on the origin") {
  const auto config = allowing({"https://app.example.com"});
  const auto allowed = server::cors_fields(config, from("https://app.example.com"));
  REQUIRE(allowed.size() == 3);
  CHECK(allowed[0] ==
        std::pair<std::string, std::string>("Access-Control-Allow-Origin", "https://app.example.com"));
  CHECK(allowed[1].first == "Access-Control-Allow-Credentials");
  for (const char* origin : {"https://evil.example.com", "https://app.example.com.evil.org",
                             "http://app.example.com", "null", ""}) {
    CAPTURE(origin);
    CHECK(server::cors_fields(config, from(origin)) == server::Fields{{"Vary", "Origin"}});
  }
}

TEST_CASE("without configured origins nothing is said") {
  CHECK(server::cors_fields(allowing({}), from("https://a.example")).empty());
}

TEST_CASE("any origin means any origin, but never with credentials") {
  CHECK(server::cors_fields(allowing({"*"}), from("https://a.example")) ==
        server::Fields{{"Access-Control-Allow-Origin", "*"}});
}

TEST_CASE("a write by cookie comes from our own origin or an allowed one") {
  const auto config = allowing({"https://app.example.com"});
  CHECK(server::origin_may_write(config, from("https://app.example.com")));
  CHECK(server::origin_may_write(config, from("https://rt.example.com")));
  CHECK(!server::origin_may_write(config, from("https://evil.example.com")));
  CHECK(!server::origin_may_write(config, from("")));
}

}  // namespace
