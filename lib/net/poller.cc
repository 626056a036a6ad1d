// SPDX-License-Identifier: MIT
#include "net/poller.h"

#include <cstdlib>

namespace rt::net {

namespace {

constexpr std::uint32_t k_input = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t k_gone = EPOLLERR | EPOLLHUP;

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_.get() < 0) std::abort();  // at start, before anybody is served
}

bool Poller::control(int operation, int descriptor, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  return ::epoll_ctl(epoll_.get(), operation, descriptor, &event) == 0;
}

bool Poller::add_connection(int descriptor, std::uint64_t tag) {
  return control(EPOLL_CTL_ADD, descriptor, k_input, tag);
}

bool Poller::watch_room(int descriptor, std::uint64_t tag) {
  return control(EPOLL_CTL_MOD, descriptor, k_input | EPOLLOUT, tag);
}

bool Poller::add_listener(int descriptor, std::uint64_t tag) {
  return control(EPOLL_CTL_ADD, descriptor, EPOLLIN | EPOLLEXCLUSIVE, tag);
}

void Poller::remove(int descriptor) {
  control(EPOLL_CTL_DEL, descriptor, 0, 0);
}

void Poller::wait(std::chrono::milliseconds at_most) {
  if (has_next()) return;
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                                 static_cast<int>(at_most.count()));
  next_ = 0;
  count_ = count > 0 ? static_cast<std::size_t>(count) : 0;  // EINTR: the caller comes back
}

std::optional<Poller::Ready> Poller::next() {
  if (!has_next()) return std::nullopt;
  const epoll_event& event = events_[next_++];
  const bool is_gone = (event.events & k_gone) != 0;
  const bool is_last = is_gone || (event.events & EPOLLRDHUP) != 0;
  return Ready{event.data.u64, is_last || (event.events & EPOLLIN) != 0, is_last,
               is_gone || (event.events & EPOLLOUT) != 0};
}

}  // namespace rt::net
