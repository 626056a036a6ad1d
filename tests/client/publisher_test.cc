// SPDX-License-Identifier: MIT
#include "client/publisher.h"

#include <doctest/doctest.h>

#include "client/loopback_server.h"

using namespace rt;
using std::chrono::milliseconds;

namespace {

const model::Topic k_order{model::Kind::order, "O-1"};
const std::string k_accepted =
    test::answer("200 OK", "application/json", R"({"id":"1703082900000-0","subscribers":3})");
// A scene ends its connection with its answer, and says so, or the next request may run into the end.
const std::string k_busy = test::answer("503 Service Unavailable", "application/problem+json",
                                        R"({"detail":"draining"})", "Connection: close\r\n");

test::Scene answer_with(const std::string& bytes) {
  return [bytes](test::Peer& peer) {
    peer.read_request();
    peer.send(bytes);
  };
}

std::unique_ptr<client::Publisher> open(const test::LoopbackServer& server,
                                        client::RetryOptions options = {}) {
  options.first_wait = milliseconds(1);
  auto publisher =
      client::Publisher::open({.url = server.url(), .token = {}, .headers = {}, .ca_file = {}}, options);
  REQUIRE(publisher);
  return *std::move(publisher);
}

std::string field_of(const std::string& request, const std::string& name) {
  const auto at = request.find(name + ": ");
  return at == request.npos ? "" : request.substr(at, request.find("\r\n", at) - at);
}

base::ErrorKind kind_after(const std::string& bytes) {
  const test::LoopbackServer server({answer_with(bytes)});
  client::RetryOptions options;
  options.retries_max = 0;
  const auto published = open(server, options)->publish(k_order, "{}");
  REQUIRE(!published);
  return published.error().kind;
}

}  // namespace

TEST_CASE("an event is posted to its stream and the answer read") {
  test::LoopbackServer server({answer_with(k_accepted)});
  const auto published = open(server)->publish(k_order, R"({"status":"DONE"})");
  REQUIRE(published);
  CHECK(published->id == "1703082900000-0");
  CHECK(published->subscribers == 3);
  const auto& request = server.requests().at(0);
  CHECK(request.starts_with("POST /api/v1/realtime/orders/O-1/stream HTTP/1.1\r\n"));
  CHECK(request.ends_with("\r\n\r\n{\"status\":\"DONE\"}"));
}

TEST_CASE("a repeated request carries the key of the first, another request another") {
  test::LoopbackServer server({
      [](test::Peer& peer) { peer.read_request(); },  // closed without an answer
      answer_with(k_busy),
      answer_with(k_accepted),
      answer_with(k_accepted),
  });
  {
    const auto publisher = open(server);
    CHECK(publisher->publish(k_order, "{}"));
    CHECK(publisher->publish(k_order, "{}"));
  }
  const auto& requests = server.requests();
  REQUIRE(requests.size() == 4);
  const auto key = field_of(requests[0], "Idempotency-Key");
  CHECK(key.size() == std::string("Idempotency-Key: ").size() + 32);
  CHECK(field_of(requests[1], "Idempotency-Key") == key);
  CHECK(field_of(requests[2], "Idempotency-Key") == key);
  CHECK(field_of(requests[3], "Idempotency-Key") != key);
}

TEST_CASE("what does not pass is not tried again, and each answer has its kind") {
  const auto problem = [](const std::string& status) {
    return test::answer(status, "application/problem+json", R"({"detail":"why"})");
  };
  CHECK(kind_after(problem("400 Bad Request")) == base::ErrorKind::invalid);
  CHECK(kind_after(problem("422 Unprocessable Content")) == base::ErrorKind::invalid);
  CHECK(kind_after(problem("401 Unauthorized")) == base::ErrorKind::denied);
  CHECK(kind_after(problem("403 Forbidden")) == base::ErrorKind::denied);
  CHECK(kind_after(problem("404 Not Found")) == base::ErrorKind::not_found);
  CHECK(kind_after(problem("429 Too Many Requests")) == base::ErrorKind::busy);
  CHECK(kind_after(problem("503 Service Unavailable")) == base::ErrorKind::busy);
  CHECK(kind_after(problem("502 Bad Gateway")) == base::ErrorKind::unavailable);
  CHECK(kind_after(problem("500 Internal Server Error")) == base::ErrorKind::refused);
  CHECK(kind_after("") == base::ErrorKind::unavailable);
  CHECK(kind_after(test::answer("200 OK", "text/html", "<html>")) == base::ErrorKind::refused);
  // One connection only is answered: a second try would find nobody and say unavailable.
  const test::LoopbackServer server({answer_with(problem("403 Forbidden"))});
  CHECK(open(server)->publish(k_order, "{}").error().kind == base::ErrorKind::denied);
}

TEST_CASE("the retries are bounded, and the caller hears of each wait") {
  const test::LoopbackServer server({answer_with(k_busy), answer_with(k_busy), answer_with(k_busy)});
  int waits = 0;
  client::RetryOptions options;
  options.retries_max = 2;
  options.wait = [&waits](const base::Error& error, milliseconds) {
    CHECK(error.what == "the server answered 503: draining");
    ++waits;
    return true;
  };
  CHECK(open(server, options)->publish(k_order, "{}").error().kind == base::ErrorKind::busy);
  CHECK(waits == 2);
}

TEST_CASE("Retry-After is waited for, unless it asks for too much") {
  client::RetryOptions options;
  std::vector<milliseconds> waits;
  options.wait = [&waits](const base::Error&, milliseconds wait) {
    waits.push_back(wait);
    return true;
  };
  options.retry_after_max = milliseconds(1000);
  const auto busy = [](const std::string& seconds) {
    return answer_with(test::answer("429 Too Many Requests", "application/problem+json", "{}",
                                    "Connection: close\r\nRetry-After: " + seconds + "\r\n"));
  };
  {
    const test::LoopbackServer server({busy("1"), answer_with(k_accepted)});
    CHECK(open(server, options)->publish(k_order, "{}"));
    CHECK(waits == std::vector{milliseconds(1000)});
  }
  const test::LoopbackServer server({busy("2")});
  CHECK(open(server, options)->publish(k_order, "{}").error().kind == base::ErrorKind::busy);
  CHECK(waits.size() == 1);
}

TEST_CASE("lines go out as they are, and what was rejected comes back with its line") {
  test::LoopbackServer server({answer_with(
      test::answer("200 OK", "application/json",
                   R"({"accepted":2,"rejected":[{"line":3,"error":"no\nway"}],"lastId":"5-1"})"))});
  const auto published = open(server)->publish_lines("a\nb\nc\n", client::make_idempotency_key());
  REQUIRE(published);
  CHECK(published->accepted == 2);
  CHECK(published->last_id == "5-1");
  REQUIRE(published->rejected.size() == 1);
  CHECK(published->rejected[0].line == 3);
  CHECK(published->rejected[0].error == "no\\x0Away");
  const auto& request = server.requests().at(0);
  CHECK(request.starts_with("POST /api/v1/realtime/events HTTP/1.1\r\n"));
  CHECK(field_of(request, "Content-Type") == "Content-Type: application/x-ndjson");
  CHECK(request.ends_with("\r\n\r\na\nb\nc\n"));
}
