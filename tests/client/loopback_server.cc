// SPDX-License-Identifier: MIT
#include "client/loopback_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace rt::test {
namespace {

// The Peer whose request is to be recorded.
thread_local std::vector<std::string>* recorded = nullptr;

}  // namespace

std::string Peer::read_request() {
  std::array<char, 4096> piece{};
  std::size_t wanted = std::string::npos;
  for (;;) {
    const auto head_end = buffer_.find("\r\n\r\n");
    if (head_end != std::string::npos && wanted == std::string::npos) {
      const auto field = buffer_.find("Content-Length: ");
      wanted = head_end + 4;
      if (field < head_end) wanted += std::strtoul(buffer_.c_str() + field + 16, nullptr, 10);
    }
    if (buffer_.size() >= wanted) break;
    const ssize_t got = recv(descriptor_, piece.data(), piece.size(), 0);
    if (got <= 0) return {};
    buffer_.append(piece.data(), static_cast<std::size_t>(got));
  }
  std::string request = buffer_.substr(0, wanted);
  buffer_.erase(0, wanted);
  if (recorded != nullptr) recorded->push_back(request);
  return request;
}

void Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Peer::wait_for_close() {
  std::array<char, 256> piece{};
  while (recv(descriptor_, piece.data(), piece.size(), 0) > 0) {
  }
}

LoopbackServer::LoopbackServer(std::vector<Scene> scenes) : scenes_(std::move(scenes)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

LoopbackServer::~LoopbackServer() {
  // Ends an accept() for a connection that never came.
  if (thread_.joinable()) {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
  }
  close(listener_);
}

const std::vector<std::string>& LoopbackServer::requests() {
  if (thread_.joinable()) thread_.join();
  return requests_;
}

void LoopbackServer::run() {
  recorded = &requests_;
  for (const Scene& scene : scenes_) {
    const int descriptor = accept(listener_, nullptr, nullptr);
    if (descriptor < 0) break;
    Peer peer(descriptor);
    scene(peer);
    shutdown(descriptor, SHUT_RDWR);
    close(descriptor);
  }
  shutdown(listener_, SHUT_RDWR);
}

std::string stream_head() {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view bytes) {
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return size.data() + std::string(bytes) + "\r\n";
}

std::string answer(const std::string& status, const std::string& type, const std::string& body,
                   const std::string& fields) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

}  // namespace rt::test
