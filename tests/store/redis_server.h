// SPDX-License-Identifier: MIT
// RedisServer: a redis-server of the test's own, on a Unix socket in a folder of its own, that keeps nothing
// on disk; ended with the object. RT_REDIS_SERVER is the program; tests that need it are built where it is.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/redis_connection.h"

namespace rt::store_test {

class RedisServer {
 public:
  RedisServer();
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  void start();
  void signal(int which) const;
  void kill();  // and waits for its end
  store::RedisAddress address() const;

  // Asks it, as redis-cli does; a failure is a failure of the test.
  store::RedisReply ask(const std::vector<std::string_view>& words);
  std::string ask_text(const std::vector<std::string_view>& words);
  std::uint64_t ask_number(const std::vector<std::string_view>& words);

 private:
  std::filesystem::path folder_;
  pid_t process_ = -1;
  std::unique_ptr<store::RedisConnection> connection_;
};

}  // namespace rt::store_test
