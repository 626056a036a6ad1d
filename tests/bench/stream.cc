// SPDX-License-Identifier: MIT
#include "bench/stream.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace rt::bench {

namespace {

constexpr std::uint32_t k_source_addresses = 16;

}  // namespace

Stream::Stream(const Endpoint& endpoint, std::uint32_t number, std::string path, Encoding encoding,
               Follower follower, Tally& tally)
    : endpoint_(endpoint),
      number_(number),
      path_(std::move(path)),
      encoding_(encoding),
      follower_(std::move(follower)),
      tally_(tally),
      body_(follower_.is_plain() ? Body::Framing::any : Body::Framing::chunked) {
  decoder_.on_message = [this](const sse::Message& message) { follower_.take(message, received_ns_); };
}

base::Result<void> Stream::connect() {
  body_.restart();
  decoder_.restart();
  last_bytes_max = 0;
  follower_.on_connecting(decoder_.last_event_id());
  is_requested_ = false;
  return socket_.connect(endpoint_, 2 + number_ % k_source_addresses);
}

base::Result<void> Stream::send_request() {
  std::string request = "GET " + path_ + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" +
                        endpoint_.authorization();
  if (encoding_ == Encoding::gzip) request += "Accept-Encoding: gzip\r\n";
  if (!decoder_.last_event_id().empty()) request += "Last-Event-ID: " + decoder_.last_event_id() + "\r\n";
  request += "\r\n";
  // A new socket's buffer holds a request as a whole.
  const ssize_t sent = socket_.send(request);
  if (sent < 0 && errno == EAGAIN) return {};
  if (sent != static_cast<ssize_t>(request.size()))
    return base::fail(base::ErrorKind::unavailable, std::string("send: ") + std::strerror(errno));
  is_requested_ = true;
  return {};
}

bool Stream::take(std::string_view bytes, std::uint64_t received_ns, Scratch& scratch) {
  received_ns_ = received_ns;
  tally_.bytes += bytes.size();
  for (std::string_view text = body_.next(bytes, scratch); !text.empty(); text = body_.next(bytes, scratch)) {
    if (!decoder_.feed(text)) {
      tally_.fault(Fault::malformed, 1, "a line or an event is too long");
      return false;
    }
  }
  if (body_.status() == 200) follower_.on_head();
  if (body_.fault().empty()) return true;
  const bool is_refused = body_.status() != 0 && body_.status() != 200;
  tally_.fault(is_refused ? Fault::refused : Fault::malformed, 1,
               std::string(body_.fault()) + ", status " + std::to_string(body_.status()));
  return false;
}

}  // namespace rt::bench
