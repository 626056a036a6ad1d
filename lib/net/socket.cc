// SPDX-License-Identifier: MIT
#include "net/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/text.h"

namespace rt::net {

namespace {

constexpr std::string_view k_inherited = "fd:";
constexpr std::string_view k_unix = "unix:";
constexpr std::size_t k_unix_path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
constexpr int k_inherited_first = 3;  // SD_LISTEN_FDS_START
constexpr std::uint64_t k_inherited_max = 64;
// Enough for a burst to a reader a continent away; the kernel doubles it for its own needs.
constexpr int k_send_buffer_bytes = 128 * 1024;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<SocketAddress> socket_address(const ListenAddress& address) {
  SocketAddress made;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&made.storage);
  if (::inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    made.length = sizeof(sockaddr_in);
    return made;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&made.storage);
  if (::inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address.port);
    made.length = sizeof(sockaddr_in6);
    return made;
  }
  return std::nullopt;
}

// Both families keep the port at the same place.
std::uint16_t port_of(const SocketAddress& address) {
  return ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

std::string host_of(const SocketAddress& address) {
  if (address.storage.ss_family == AF_UNIX) return std::string(k_unix_peer);
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr, text, sizeof text);
  } else if (address.storage.ss_family == AF_INET6) {
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr, text,
                sizeof text);
  }
  return text;
}

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

std::unexpected<base::Error> fail_listen(const ListenAddress& address) {
  const int error = errno;
  std::string hint;
  if (error == EADDRINUSE)
    hint = "another program listens there; choose another address with --listen or --admin-listen";
  return base::fail(base::ErrorKind::io,
                    "cannot listen on " + to_string(address) + ": " + std::strerror(error), hint);
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

base::Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto wrong = [&] {
    return base::fail(base::ErrorKind::configuration,
                      "'" + base::printable(text) + "' is no address to listen on",
                      "a numeric address and a port, such as 127.0.0.1:3000 or [::1]:3000, or unix:PATH");
  };
  if (text == k_inherited) return ListenAddress{std::string(k_inherited), 0};
  if (text.starts_with(k_unix)) {
    const std::size_t bytes = text.size() - k_unix.size();
    if (bytes > 0 && bytes <= k_unix_path_bytes_max && !text.contains('\0'))
      return ListenAddress{std::string(text), 0};
    return base::fail(base::ErrorKind::configuration,
                      "'" + base::printable(text) + "' is no path to listen on",
                      "unix: and a path of at most " + std::to_string(k_unix_path_bytes_max) + " bytes");
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string_view host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong();
  }
  const auto port = base::parse_unsigned(text.substr(colon + 1));
  if (!port || *port > 65535) return wrong();
  ListenAddress address{host == "localhost" ? "127.0.0.1" : std::string(host),
                        static_cast<std::uint16_t>(*port)};
  if (!socket_address(address)) return wrong();
  return address;
}

std::string to_string(const ListenAddress& address) {
  if (is_inherited(address) || is_unix(address)) return address.host;
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

bool is_loopback(const ListenAddress& address) {
  return address.host.starts_with("127.") || address.host == "::1";
}

bool is_inherited(const ListenAddress& address) {
  return address.host == k_inherited;
}

bool is_unix(const ListenAddress& address) {
  return address.host.starts_with(k_unix);
}

std::string unix_path(const ListenAddress& address) {
  return address.host.substr(k_unix.size());
}

base::Result<void> check_free(const ListenAddress& address) {
  auto socket_at = socket_address(address);
  if (!socket_at) return base::fail(base::ErrorKind::configuration, "no address: " + address.host);
  if (address.port == 0) return {};
  const Descriptor probe(::socket(socket_at->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (probe.get() < 0) return fail_listen(address);
  set_option(probe.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(probe.get(), socket_at->get(), socket_at->length) != 0) return fail_listen(address);
  return {};
}

base::Result<Descriptor> listen_on(ListenAddress& address) {
  auto socket_at = socket_address(address);
  if (!socket_at) return base::fail(base::ErrorKind::configuration, "no address: " + address.host);
  Descriptor listener(::socket(socket_at->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (listener.get() < 0) return fail_listen(address);
  set_option(listener.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  set_option(listener.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  if (::bind(listener.get(), socket_at->get(), socket_at->length) != 0) return fail_listen(address);
  if (::listen(listener.get(), k_backlog) != 0) return fail_listen(address);
  SocketAddress bound;
  bound.length = sizeof bound.storage;
  if (::getsockname(listener.get(), bound.get(), &bound.length) == 0) address.port = port_of(bound);
  return listener;
}

base::Result<std::vector<SharedListener>> take_inherited() {
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  const bool are_ours = pid != nullptr && count != nullptr && pid == std::to_string(::getpid());
  const auto passed = base::parse_unsigned(are_ours ? count : "0");
  if (!passed || *passed == 0 || *passed > k_inherited_max) {
    return base::fail(base::ErrorKind::configuration,
                      "--listen fd: needs sockets that were passed on, and there are none",
                      "it is for a socket unit of systemd");
  }
  std::vector<SharedListener> taken;
  for (int fd = k_inherited_first; fd < k_inherited_first + static_cast<int>(*passed); ++fd) {
    Descriptor listener(fd);
    int listens = 0;
    socklen_t length = sizeof listens;
    SocketAddress bound;
    bound.length = sizeof bound.storage;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || listens == 0 ||
        ::getsockname(fd, bound.get(), &bound.length) != 0) {
      return base::fail(base::ErrorKind::configuration,
                        "descriptor " + std::to_string(fd) + " was passed on, and is no listening socket");
    }
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    ListenAddress address{host_of(bound), port_of(bound)};
    taken.push_back({std::move(address), std::move(listener)});
  }
  return taken;
}

base::Result<Descriptor> duplicate(const SharedListener& shared) {
  Descriptor copy(::fcntl(shared.listener.get(), F_DUPFD_CLOEXEC, 0));
  if (copy.get() < 0) return fail_listen(shared.address);
  return copy;
}

void set_connection_options(int listener, std::chrono::milliseconds stalled_max) {
  set_option(listener, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(listener, SOL_SOCKET, SO_SNDBUF, k_send_buffer_bytes);
  set_option(listener, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(stalled_max.count()));
}

bool is_unheard(int fd, std::chrono::milliseconds for_at_least) {
  tcp_info state{};
  socklen_t length = sizeof state;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &length) != 0) return false;
  // The one packet of a stream that was quiet until now may be lost, or just be under way: what was sent
  // again must have had the time for an answer, too.
  const bool sent_twice = state.tcpi_retransmits > 1 ||
                          (state.tcpi_retransmits == 1 && state.tcpi_last_data_sent >= state.tcpi_rto / 2000);
  const bool in_vain = (state.tcpi_unacked > 0 && sent_twice) || state.tcpi_probes > 1;
  return in_vain && state.tcpi_last_ack_recv >= for_at_least.count();
}

Accepted accept_from(int listener) {
  SocketAddress peer;
  peer.length = sizeof peer.storage;
  const int fd = ::accept4(listener, peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return {};
  return {fd, host_of(peer)};
}

}  // namespace rt::net
