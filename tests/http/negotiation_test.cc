// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "http/routes.h"

using namespace rt::http;

namespace {

bool accepts(std::vector<std::string_view> values) {
  Request request;
  for (const std::string_view value : values) request.fields.push_back({"accept", value});
  return accepts_event_stream(request);
}

bool has_type(std::string_view value, std::string_view media_type) {
  Request request;
  request.fields.push_back({"content-type", value});
  return has_media_type(request, media_type);
}

bool gzip(std::vector<std::string_view> values) {
  Request request;
  for (const std::string_view value : values) request.fields.push_back({"accept-encoding", value});
  return accepts_gzip(request);
}

}  // namespace

TEST_CASE("gzip is used for those who name it or take anything, and for nobody else") {
  CHECK(gzip({"gzip"}));
  CHECK(gzip({"gzip, deflate, br, zstd"}));
  CHECK(gzip({"br", "x-gzip;q=0.1"}));
  CHECK(gzip({"*"}));
  CHECK(gzip({"GZIP;q=1, *;q=0"}));
  CHECK_FALSE(gzip({}));
  CHECK_FALSE(gzip({""}));
  CHECK_FALSE(gzip({"identity"}));
  CHECK_FALSE(gzip({"gzip;q=0"}));
  CHECK_FALSE(gzip({"gzip;q=0.000, *"}));
  CHECK_FALSE(gzip({"*;q=0"}));
  CHECK_FALSE(gzip({"gzipped"}));
}

TEST_CASE("an event stream is accepted when it is named, ranged over, or nothing is said") {
  CHECK(accepts({}));
  CHECK(accepts({""}));
  CHECK(accepts({"text/event-stream"}));
  CHECK(accepts({"Text/Event-Stream;charset=utf-8"}));
  CHECK(accepts({"application/json, text/*;q=0.1"}));
  CHECK(accepts({"text/html,application/xml;q=0.9,*/*;q=0.8"}));
  CHECK(accepts({"text/html", "text/event-stream"}));
  CHECK(accepts({"*/*;q=0, text/event-stream"}));
}

TEST_CASE("an event stream is not accepted when only others are, or its weight is zero") {
  CHECK_FALSE(accepts({"application/json"}));
  CHECK_FALSE(accepts({"text/event-streams"}));
  CHECK_FALSE(accepts({"text/event-stream;q=0"}));
  CHECK_FALSE(accepts({"text/event-stream; Q=0.000, */*"}));
  CHECK_FALSE(accepts({"*/*, text/*;q=0"}));
  CHECK(accepts({"text/event-stream;q=0.001"}));
}

TEST_CASE("a media type is compared without case and parameters") {
  CHECK(has_type("application/json", "application/json"));
  CHECK(has_type("Application/JSON ; charset=utf-8", "application/json"));
  CHECK_FALSE(has_type("application/json2", "application/json"));
  CHECK_FALSE(has_type("", "application/json"));
  CHECK_FALSE(has_media_type(Request{}, "application/json"));
}
