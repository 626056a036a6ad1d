// SPDX-License-Identifier: MIT
// Poller: which of a reactor's descriptors have become ready, by epoll(7). Connections are watched by edges:
// a descriptor is added once, and says once that something has come; whoever is told reads until nothing is
// left, or comes back to it unasked. So a request costs no epoll_ctl and a waiting connection no memory of
// ours. Owns none of the descriptors; closing one ends its watch. Its reactor's thread alone.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "net/socket.h"

namespace rt::net {

class Poller {
 public:
  struct Ready {
    std::uint64_t tag;  // of who is ready
    bool input;         // there is something to read, or the end
    bool last_input;    // the peer has said all it will say, or is gone
    bool room;          // to write
  };

  Poller();

  // These return false when the kernel has no memory for it.
  bool add_connection(int descriptor, std::uint64_t tag);
  // Tells of room as well, from now on: now if there is some, and each time that there is some again.
  bool watch_room(int descriptor, std::uint64_t tag);
  // Tells again and again while there is something to take. Of several threads that share a listener some are
  // told.
  bool add_listener(int descriptor, std::uint64_t tag);
  void remove(int descriptor);

  // Waits when nothing that is ready is left to be told of: until something is, or for so long.
  void wait(std::chrono::milliseconds at_most);
  // Has more become ready? Without waiting.
  bool look() {
    wait(std::chrono::milliseconds(0));
    return has_next();
  }
  // The next one that is ready.
  std::optional<Ready> next();
  bool has_next() const { return next_ < count_; }

 private:
  bool control(int operation, int descriptor, std::uint32_t events, std::uint64_t tag);

  Descriptor epoll_;
  std::array<epoll_event, 512> events_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace rt::net
