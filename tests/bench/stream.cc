// SPDX-License-Identifier: MIT
#include "bench/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace rt::bench {

namespace {

constexpr std::uint32_t k_source_addresses = 16;

std::unexpected<base::Error> failed(const char* call) {
  return base::fail(base::ErrorKind::unavailable, std::string(call) + ": " + std::strerror(errno));
}

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

Stream::Stream(const Endpoint& endpoint, std::uint32_t number, std::string path, Encoding encoding,
               Follower follower, Tally& tally)
    : endpoint_(endpoint),
      number_(number),
      path_(std::move(path)),
      encoding_(encoding),
      follower_(std::move(follower)),
      tally_(tally) {
  decoder_.on_message = [this](const sse::Message& message) { follower_.take(message, received_ns_); };
}

base::Result<void> Stream::connect() {
  body_.restart();
  decoder_.restart();
  last_bytes_max = 0;
  follower_.on_connecting(decoder_.last_event_id());
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0) return failed("socket");
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const sockaddr_in from = loopback(2 + number_ % k_source_addresses, 0);
  if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) return failed("bind");
  const sockaddr_in to = loopback(1, endpoint_.port);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    return failed("connect");
  return {};
}

base::Result<bool> Stream::send_request() {
  std::string request =
      "GET " + path_ + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer " +
      endpoint_.token + "\r\n";
  if (encoding_ == Encoding::gzip) request += "Accept-Encoding: gzip\r\n";
  if (!decoder_.last_event_id().empty()) request += "Last-Event-ID: " + decoder_.last_event_id() + "\r\n";
  request += "\r\n";
  // A new socket's buffer holds a request as a whole.
  const ssize_t sent = ::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN)) return false;
  if (sent != static_cast<ssize_t>(request.size())) return failed("send");
  return true;
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
  if (body_.fault().empty()) return true;
  const bool is_refused = body_.status() != 0 && body_.status() != 200;
  tally_.fault(is_refused ? Fault::refused : Fault::malformed, 1,
               std::string(body_.fault()) + ", status " + std::to_string(body_.status()));
  return false;
}

void Stream::close(Farewell farewell) {
  if (descriptor_ < 0) return;
  if (farewell == Farewell::reset) {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  ::close(std::exchange(descriptor_, -1));
}

}  // namespace rt::bench
