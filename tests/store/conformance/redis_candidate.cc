// SPDX-License-Identifier: MIT
#include "store/conformance/redis_candidate.h"

namespace rt::conformance {

store_test::RedisServer& RedisCandidate::server() {
  static store_test::RedisServer server;
  return server;
}

RedisCandidate::RedisCandidate() {
  server().ask({"FLUSHALL"});
}

RedisCandidate::~RedisCandidate() {
  clear_way();
}

void RedisCandidate::pass(base::ManualClock& clock, std::chrono::milliseconds time) {
  clock.advance(time);
  const auto keys = server().ask({"KEYS", "rtserve:receipt:*"});
  for (std::size_t at = 0; at < keys.value().size().value_or(0); ++at) {
    const std::string_view key = keys.value()[at].text().value_or("");
    const auto left = static_cast<std::int64_t>(server().ask_number({"PTTL", key})) - time.count();
    server().ask({"PEXPIRE", key, std::to_string(left)});
  }
}

bool RedisCandidate::obstruct() {
  server().ask({"CONFIG", "SET", "maxmemory", "1"});
  return true;
}

void RedisCandidate::clear_way() {
  server().ask({"CONFIG", "SET", "maxmemory", "0"});
}

}  // namespace rt::conformance
