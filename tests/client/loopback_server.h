// SPDX-License-Identifier: MIT
// A server on a port of the loopback that answers each connection from a script, with the bytes it says. Its
// thread waits for bytes and ends, never for time to pass.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rt::test {

class Peer {
 public:
  explicit Peer(int descriptor) : descriptor_(descriptor) {}
  // The next request's head and body, by its Content-Length; empty when the client has closed.
  std::string read_request();
  void send(std::string_view bytes);
  // Until the client closes.
  void wait_for_close();

 private:
  int descriptor_;
  std::string buffer_;
};

using Scene = std::function<void(Peer&)>;

class LoopbackServer {
 public:
  // The nth connection gets the nth scene and is closed behind it; after the last one nobody listens any
  // more.
  explicit LoopbackServer(std::vector<Scene> scenes);
  // Waits for the scenes to be over.
  ~LoopbackServer();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // What connections asked, in order; call it when all scenes are over.
  const std::vector<std::string>& requests();

 private:
  void run();

  std::vector<Scene> scenes_;
  std::vector<std::string> requests_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

// A 200 with these bytes as chunks of an event stream; without the last chunk.
std::string stream_head();
std::string chunk(std::string_view bytes);
inline constexpr std::string_view k_last_chunk = "0\r\n\r\n";
// A whole answer.
std::string answer(const std::string& status, const std::string& type, const std::string& body,
                   const std::string& fields = {});

}  // namespace rt::test
