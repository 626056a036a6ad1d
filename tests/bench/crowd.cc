// SPDX-License-Identifier: MIT
#include "bench/crowd.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace rt::bench {

namespace {

constexpr std::size_t k_events_per_poll = 64;  // few, so that who polls is not kept for long
constexpr std::size_t k_connecting_max = 256;
constexpr int k_silent_receive_buffer = 4096;

base::Result<void> failed(const char* call) {
  return base::fail(base::ErrorKind::io, std::string(call) + ": " + std::strerror(errno));
}

timespec timespec_of(std::chrono::nanoseconds wait) {
  const auto ns = std::max<std::int64_t>(wait.count(), 0);
  return {ns / 1'000'000'000, ns % 1'000'000'000};
}

}  // namespace

base::Result<std::unique_ptr<Crowd>> Crowd::create(const Endpoint& endpoint, Tally& tally) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0)
    return base::fail(base::ErrorKind::io, std::string("epoll_create1: ") + std::strerror(errno));
  return std::unique_ptr<Crowd>(new Crowd(endpoint, tally, epoll));
}

Crowd::Crowd(const Endpoint& endpoint, Tally& tally, int epoll)
    : endpoint_(endpoint),
      tally_(tally),
      epoll_(epoll),
      received_(std::make_unique<Scratch>()),
      inflated_(std::make_unique<Scratch>()) {}

Crowd::~Crowd() {
  close_all();
  ::close(epoll_);
}

Stream& Crowd::add(std::string path, Encoding encoding, Follower follower) {
  const auto number = static_cast<std::uint32_t>(streams_.size());
  return *streams_.emplace_back(
      std::make_unique<Stream>(endpoint_, number, std::move(path), encoding, std::move(follower), tally_));
}

base::Result<void> Crowd::connect(Stream& stream) {
  if (auto connecting = stream.connect(); !connecting) return connecting;
  return request(stream, EPOLL_CTL_ADD);
}

// Sends the request, or waits until that can be done.
base::Result<void> Crowd::request(Stream& stream, int operation) {
  if (auto sent = stream.send_request(); !sent) return sent;
  const std::uint32_t reading = is_silent(stream) ? 0U : std::uint32_t{EPOLLIN};
  epoll_event event{};
  event.events = stream.is_requested() ? reading : stream.socket().awaited();
  event.data.ptr = &stream;
  if (::epoll_ctl(epoll_, operation, stream.socket().descriptor(), &event) != 0) return failed("epoll_ctl");
  return {};
}

base::Result<void> Crowd::connect_all(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const auto is_connected = [](const auto& stream) {
    return stream->is_open() && stream->follower().is_connected();
  };
  std::size_t begun = 0;  // of the streams, this many are connected or connecting
  while (true) {
    const auto connected = static_cast<std::size_t>(std::ranges::count_if(streams_, is_connected));
    if (connected == streams_.size()) return {};
    for (; begun < streams_.size() && begun < connected + k_connecting_max; ++begun) {
      if (streams_[begun]->is_open()) continue;
      if (auto connecting = connect(*streams_[begun]); !connecting) return connecting;
    }
    if (auto polled = poll(std::chrono::milliseconds(100)); !polled) return polled;
    if (tally_.fault_count() > 0) return base::fail(base::ErrorKind::refused, tally_.examples.front());
    if (std::chrono::steady_clock::now() > deadline)
      return base::fail(base::ErrorKind::timeout,
                        std::to_string(begun - connected) + " streams did not open");
  }
}

base::Result<void> Crowd::add_silent(std::string path) {
  const auto number = k_first_silent + static_cast<std::uint32_t>(silent_.size());
  const Plan nothing;
  Follower follower(nothing, {}, Follower::Wanted::all, silent_tally_);
  return renew(*silent_.emplace_back(std::make_unique<Stream>(
      endpoint_, number, std::move(path), Encoding::identity, std::move(follower), silent_tally_)));
}

base::Result<void> Crowd::renew(Stream& silent) {
  silent.close(Farewell::reset);
  if (auto connecting = silent.connect(); !connecting) return connecting;
  ::setsockopt(silent.socket().descriptor(), SOL_SOCKET, SO_RCVBUF, &k_silent_receive_buffer,
               sizeof k_silent_receive_buffer);
  return request(silent, EPOLL_CTL_ADD);
}

base::Result<void> Crowd::poll(std::chrono::nanoseconds wait) {
  std::array<epoll_event, k_events_per_poll> events;
  const timespec timeout = timespec_of(wait);
  const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  if (count < 0) return errno == EINTR ? base::Result<void>{} : failed("epoll_pwait2");
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    Stream& stream = *static_cast<Stream*>(event.data.ptr);
    if (!stream.is_open()) continue;
    if (auto done = take_up(stream, event.events); !done) return done;
  }
  return {};
}

base::Result<void> Crowd::take_up(Stream& stream, std::uint32_t events) {
  if (is_silent(stream) && (events & (EPOLLHUP | EPOLLERR)) != 0) {
    ++silent_reconnects_;
    return renew(stream);
  }
  if (!stream.is_requested()) return request(stream, EPOLL_CTL_MOD);
  return is_silent(stream) ? base::Result<void>{} : read(stream);
}

base::Result<void> Crowd::read(Stream& stream) {
  const bool is_last = stream.last_bytes_max != 0;
  const std::size_t room = is_last ? stream.last_bytes_max : received_->size();
  const ssize_t got = stream.socket().receive(received_->data(), room);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (got <= 0) {
    tally_.fault(Fault::ended, 1, got == 0 ? "the server closed a stream" : std::strerror(errno));
    stream.close(Farewell::fin);
    return {};
  }
  const bool is_good = stream.take({received_->data(), static_cast<std::size_t>(got)}, now_ns(), *inflated_);
  if (is_good && !is_last) return {};
  if (is_last && on_cut) on_cut(stream);
  if (stream.is_open()) stream.close(Farewell::fin);
  return {};
}

void Crowd::close_all() {
  for (const auto& stream : streams_) stream->close(Farewell::fin);
  for (const auto& silent : silent_) silent->close(Farewell::reset);
}

}  // namespace rt::bench
