// SPDX-License-Identifier: MIT
#include "http/message.h"

#include <doctest/doctest.h>

using namespace rt::http;

namespace {

constexpr std::string_view k_date = "Tue, 15 Nov 1994 08:12:31 GMT";

Request request_with(std::vector<Field> fields) {
  Request request;
  request.fields = std::move(fields);
  return request;
}

std::string written(const Response& response, Method method, int minor_version, Persistence persistence) {
  std::string out;
  append_response(out, response, method, minor_version, persistence, k_date);
  return out;
}

}  // namespace

TEST_CASE("a cookie is found by its name in any Cookie field") {
  const Request request =
      request_with({{"Cookie", "a=1; rt_token=x.y.z;b=2"}, {"cookie", "c=d=e; A=3; =4; f"}});
  CHECK(request.cookie("a") == "1");
  CHECK(request.cookie("rt_token") == "x.y.z");
  CHECK(request.cookie("b") == "2");
  CHECK(request.cookie("c") == "d=e");
  CHECK(request.cookie("A") == "3");
  CHECK_FALSE(request.cookie("f"));
  CHECK_FALSE(request.cookie("token"));
  CHECK_FALSE(request.cookie(""));  // "=4" is no cookie; a server whose cookie is off asks for this name
}

TEST_CASE("a query's parameters are decoded once, in order") {
  const auto parameters = parse_query("topic=orders%2FO-1&topic=drivers/*&a+b=c+d%2B&flag&=v&&e=%2541");
  REQUIRE(parameters);
  CHECK(*parameters == Parameters{{"topic", "orders/O-1"},
                                  {"topic", "drivers/*"},
                                  {"a b", "c d+"},
                                  {"flag", ""},
                                  {"", "v"},
                                  {"e", "%41"}});
  CHECK(parse_query("")->empty());
  CHECK_FALSE(parse_query("a=%4"));
  CHECK_FALSE(parse_query("a=1&%zz"));
}

TEST_CASE("a problem says title, status and detail, escaped") {
  const Response response = problem(404, "no \"such\" topic");
  CHECK(response.status == 404);
  CHECK(response.content_type == "application/problem+json");
  CHECK(response.fields.empty());
  CHECK(response.body == R"({"title":"Not Found","status":404,"detail":"no \"such\" topic"})");
}

TEST_CASE("a response is written with its length and date") {
  CHECK(written(json_response(200, "{}"), Method::get, 1, Persistence::keep_alive) ==
        "HTTP/1.1 200 OK\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n{}");
}

TEST_CASE("Connection is said where the version's default is another") {
  const Response response = json_response(200, "{}");
  const auto connection = [&response](int minor_version, Persistence persistence) {
    const std::string bytes = written(response, Method::get, minor_version, persistence);
    const std::size_t at = bytes.find("Connection: ");
    return at == std::string::npos ? std::string() : bytes.substr(at + 12, bytes.find('\r', at) - at - 12);
  };
  CHECK(connection(1, Persistence::keep_alive).empty());
  CHECK(connection(1, Persistence::close) == "close");
  CHECK(connection(0, Persistence::keep_alive) == "keep-alive");
  CHECK(connection(0, Persistence::close) == "close");
}

TEST_CASE("HEAD gets the length without the body, 204 and 304 get neither") {
  CHECK(written(json_response(200, "{}"), Method::head, 1, Persistence::keep_alive)
            .ends_with("Content-Length: 2\r\n\r\n"));
  for (const int status : {204, 304}) {
    const std::string bytes = written({status, {}, {}, "x"}, Method::get, 1, Persistence::keep_alive);
    CHECK(bytes.find("Content-Length") == std::string::npos);
    CHECK(bytes.ends_with("GMT\r\n\r\n"));
  }
}

TEST_CASE("every status in use has a reason phrase") {
  for (const int status : {200, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409,
                           413, 414, 415, 417, 422, 429, 431, 500, 501, 503, 505}) {
    CHECK(reason_phrase(status) != "Unknown");
  }
}
