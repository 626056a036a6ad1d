// SPDX-License-Identifier: MIT
#include "store/redis_server.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

namespace rt::store_test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

store::RedisTime in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

}  // namespace

RedisServer::RedisServer() {
  std::string pattern = fs::temp_directory_path() / "rt-redis-XXXXXX";
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  start();
}

RedisServer::~RedisServer() {
  kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

store::RedisAddress RedisServer::address() const {
  store::RedisAddress address;
  address.socket_path = folder_ / "redis.sock";
  return address;
}

void RedisServer::start() {
  const std::string path = address().socket_path;
  const std::string folder = folder_;
  process_ = ::fork();
  REQUIRE(process_ >= 0);
  if (process_ == 0) {
    const int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::execl(RT_REDIS_SERVER, RT_REDIS_SERVER, "--port", "0", "--unixsocket", path.c_str(), "--dir",
            folder.c_str(), "--save", "", "--appendonly", "no", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  const auto until = in(20s);
  while (!connection_ && std::chrono::steady_clock::now() < until) {
    if (auto opened = store::RedisConnection::open(address(), in(1s), -1)) connection_ = *std::move(opened);
    std::this_thread::sleep_for(1ms);
  }
  REQUIRE(connection_);
}

void RedisServer::signal(int which) const {
  ::kill(process_, which);
}

void RedisServer::kill() {
  connection_.reset();
  if (process_ <= 0) return;
  signal(SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

store::RedisReply RedisServer::ask(const std::vector<std::string_view>& words) {
  connection_->send(words);
  auto reply = connection_->receive(in(20s));
  REQUIRE_MESSAGE(reply, (reply ? "" : reply.error()));
  REQUIRE(!reply->value().error_code());
  return *std::move(reply);
}

std::string RedisServer::ask_text(const std::vector<std::string_view>& words) {
  return std::string(ask(words).value().text().value_or(""));
}

std::uint64_t RedisServer::ask_number(const std::vector<std::string_view>& words) {
  return ask(words).value().number().value_or(0);
}

}  // namespace rt::store_test
