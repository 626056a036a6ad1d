// SPDX-License-Identifier: MIT
// Mailbox: the only door between threads, and the only mutex of the server. Anybody may post; one thread
// takes everything at once. An eventfd becomes readable when the mailbox goes from empty to not empty, so a
// reader sleeps in poll or epoll, and a busy one is not woken for each item. The reader owns the
// mailbox and outlives those who post.
#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace rt::net {

template <class T>
class Mailbox {
 public:
  Mailbox() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) std::abort();  // at start, before anybody is served
  }
  ~Mailbox() { ::close(descriptor_); }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void post(T item) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      wake = items_.empty();
      items_.push_back(std::move(item));
    }
    if (wake) signal();
  }

  // Leaves `items` empty.
  void post_all(std::vector<T>& items) {
    if (items.empty()) return;
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      wake = items_.empty();
      if (wake) {
        items_.swap(items);
      } else {
        items_.insert(items_.end(), std::make_move_iterator(items.begin()),
                      std::make_move_iterator(items.end()));
      }
    }
    items.clear();
    if (wake) signal();
  }

  // Everything posted so far, in order of posting; clears the eventfd.
  std::vector<T> take() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t ignored = ::read(descriptor_, &count, sizeof count);
    std::vector<T> taken;
    const std::lock_guard lock(mutex_);
    taken.swap(items_);
    return taken;
  }

  // Blocks until there is something to take.
  void wait() const { wait(std::chrono::milliseconds(-1)); }
  // Or until the time is over.
  void wait(std::chrono::milliseconds at_most) const {
    pollfd waiting{descriptor_, POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(at_most.count()));
  }

  int descriptor() const { return descriptor_; }

 private:
  void signal() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(descriptor_, &one, sizeof one);
  }

  int descriptor_;
  std::mutex mutex_;
  std::vector<T> items_;
};

}  // namespace rt::net
