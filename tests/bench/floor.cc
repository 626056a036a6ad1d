// SPDX-License-Identifier: MIT
// rtfloor: the least that a server of event streams can do. A GET becomes a stream of everything; what is
// posted is sent to each of them by one send(2) after another. No topics, ids, rights or limits: its figures
// are the kernel's. It trusts whoever connects, so it listens on the loopback net alone.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

constexpr std::string_view k_stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
constexpr std::string_view k_answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view k_length = "\r\nContent-Length: ";

class Floor {
 public:
  explicit Floor(int listener) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), listener_(listener) {
    watch(listener_);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 256> events;
    while (true) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
        descriptor == listener_ ? accept_one() : read(descriptor);
      }
    }
  }

 private:
  void watch(int descriptor) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  // The socket blocks, so that a send() is whole whenever it returns.
  void accept_one() const {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(descriptor);
  }

  static void send(int descriptor, std::string_view bytes) {
    static_cast<void>(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  void read(int descriptor) {
    static std::array<char, 64 * 1024> bytes;
    const ssize_t got = ::recv(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got <= 0) {
      unread_.erase(descriptor);
      std::erase(streams_, descriptor);
      ::close(descriptor);
      return;
    }
    std::string& request = unread_[descriptor];
    request.append(bytes.data(), static_cast<std::size_t>(got));
    const std::size_t head_end = request.find("\r\n\r\n");
    if (head_end == std::string::npos) return;
    if (request.starts_with("GET ")) {
      streams_.push_back(descriptor);
      send(descriptor, k_stream_head);
    } else {
      const std::size_t length_at = request.find(k_length);
      if (length_at > head_end) return;
      const std::size_t length = std::strtoul(request.c_str() + length_at + k_length.size(), nullptr, 10);
      if (request.size() < head_end + 4 + length) return;
      publish(std::string_view(request).substr(head_end + 4, length));
      send(descriptor, k_answer);
    }
    unread_.erase(descriptor);
  }

  void publish(std::string_view body) {
    event_ = "data: ";
    event_ += body;
    event_ += "\n\n";
    for (const int stream : streams_) send(stream, event_);
  }

  int epoll_;
  int listener_;
  std::vector<int> streams_;
  std::unordered_map<int, std::string> unread_;  // requests that have not come as a whole
  std::string event_;
};

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<in_port_t>(argc == 2 ? std::strtoul(argv[1], nullptr, 10) : 0));
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.sin_port == 0 ||
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, SOMAXCONN) != 0) {
    std::perror("rtfloor PORT");
    return 2;
  }
  Floor(listener).run();
}
