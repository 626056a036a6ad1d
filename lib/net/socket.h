// SPDX-License-Identifier: MIT
// Sockets: addresses, listening, and the options that a stream's socket gets. Owns its descriptor. Any
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace rt::net {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// A numeric address and a port: "127.0.0.1:3000", "[::1]:3000", "0.0.0.0:80"; port 0 lets the system choose.
// "unix:PATH" is a socket with a name in the file system (socket_file.h), all of it being the host. "fd:"
// stands for the sockets that were passed on.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};
base::Result<ListenAddress> parse_listen_address(std::string_view text);
std::string to_string(const ListenAddress& address);
bool is_loopback(const ListenAddress& address);
bool is_inherited(const ListenAddress& address);
bool is_unix(const ListenAddress& address);
std::string unix_path(const ListenAddress& address);

inline constexpr int k_backlog = 4096;
// A non-blocking listening socket with SO_REUSEPORT, so that every shard has one of its own on the same port.
// `address.port` is set to the port it got.
base::Result<Descriptor> listen_on(ListenAddress& address);
// Fails when another process listens at the address: SO_REUSEPORT alone would let two servers of one user
// share a port without a word.
base::Result<void> check_free(const ListenAddress& address);

// A listening socket that several shards share: each gets a duplicate.
struct SharedListener {
  ListenAddress address;
  Descriptor listener;
};
// Those that systemd passes on (LISTEN_FDS, sd_listen_fds(3)). Takes them: a second call would close them
// twice.
base::Result<std::vector<SharedListener>> take_inherited();
base::Result<Descriptor> duplicate(const SharedListener& shared);

// What the connections that a listening socket accepts inherit: no delay; a send buffer that bounds what the
// kernel holds for one that does not read; and how long sent bytes may stay unacknowledged, or a full window
// closed, before the kernel gives the connection up.
void set_connection_options(int listener, std::chrono::milliseconds stalled_max);
// Have bytes, or questions whether there is room again, been sent repeatedly in vain, and nothing been heard
// for that long? So it is with a peer that vanished; one that just does not read keeps acknowledging.
bool is_unheard(int fd, std::chrono::milliseconds for_at_least);

inline constexpr std::string_view k_unix_peer = "unix:";

struct Accepted {
  int fd = -1;          // non-blocking; -1: errno says why
  std::string peer_ip;  // numeric, without the port: "127.0.0.1"; of one on a Unix socket k_unix_peer
};
// The next connection. Who made it is asked here, for a peer that has reset its connection has no address.
Accepted accept_from(int listener);

}  // namespace rt::net
