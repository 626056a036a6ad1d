// SPDX-License-Identifier: MIT
#include "store/redis_connection.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace rt::store {

namespace {

// Above the largest reply that we ask for (store/redis_stream.h). What is longer is not waited for.
constexpr std::size_t k_reply_bytes_max = std::size_t{64} << 20U;

std::chrono::milliseconds left_until(RedisTime until) {
  const auto left = until - std::chrono::steady_clock::now();
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
}

redisContext* connect(const RedisAddress& address, RedisTime until) {
  const auto left = std::max<std::int64_t>(left_until(until).count(), 1);
  const timeval timeout{left / 1000, (left % 1000) * 1000};
  if (!address.socket_path.empty()) return redisConnectUnixWithTimeout(address.socket_path.c_str(), timeout);
  return redisConnectWithTimeout(address.host.c_str(), address.port, timeout);
}

}  // namespace

RedisFault fault_of_code(std::string_view code) {
  struct Meaning {
    std::string_view code;
    RedisFault fault;
  };
  static constexpr std::array k_meanings = {
      Meaning{"NOAUTH", k_redis_denied},
      Meaning{"WRONGPASS", k_redis_denied},
      Meaning{"NOPERM", "Redis does not let us do it: the user lacks a permission"},
      Meaning{"OOM", "Redis is out of memory (maxmemory)"},
      Meaning{"MISCONF", "Redis cannot write to its disk"},
      Meaning{"LOADING", "Redis is loading its data"},
      Meaning{"READONLY", "Redis is a replica that takes no writes"},
      Meaning{"MASTERDOWN", "Redis is a replica without its master"},
      Meaning{"NOREPLICAS", "Redis has too few replicas to take writes"},
      Meaning{"WRONGTYPE", "a key of ours in Redis holds something else"},
      Meaning{"BUSY", "Redis is busy with a script"},
      Meaning{"NOSCRIPT", "Redis forgot our script"},
  };
  const auto found = std::ranges::find(k_meanings, code, &Meaning::code);
  return found == k_meanings.end() ? "Redis refuses the command" : found->fault;
}

void RedisConnection::Free::operator()(redisContext* context) const {
  redisFree(context);
}

RedisConnection::RedisConnection(redisContext* context, int stop) : context_(context), stop_(stop) {}
RedisConnection::~RedisConnection() = default;

std::expected<std::unique_ptr<RedisConnection>, RedisFault> RedisConnection::open(const RedisAddress& address,
                                                                                  RedisTime until, int stop) {
  std::unique_ptr<RedisConnection> opened(new RedisConnection(connect(address, until), stop));
  redisContext* const context = opened->context_.get();
  if (context == nullptr || context->err != 0) return std::unexpected(k_redis_unreachable);
  ::fcntl(context->fd, F_SETFD, FD_CLOEXEC);
  if (::fcntl(context->fd, F_SETFL, O_NONBLOCK) != 0) return std::unexpected(k_redis_unreachable);
  if (!address.password.empty()) {
    const std::string_view user = address.user.empty() ? "default" : std::string_view(address.user);
    if (auto let_in = opened->ask({"AUTH", user, address.password}, until); !let_in)
      return std::unexpected(let_in.error());
  }
  // Also without a number to choose: NOAUTH and LOADING are told here.
  if (auto chosen = opened->ask({"SELECT", std::to_string(address.database)}, until); !chosen)
    return std::unexpected(chosen.error());
  return opened;
}

void RedisConnection::send(std::span<const std::string_view> words) {
  output_ += '*' + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    output_ += '$' + std::to_string(word.size()) + "\r\n";
    output_.append(word).append("\r\n");
  }
}

std::expected<RedisReply, RedisFault> RedisConnection::ask(std::initializer_list<std::string_view> words,
                                                           RedisTime until) {
  send(words);
  auto reply = receive(until);
  if (!reply) return reply;
  if (const auto code = reply->value().error_code()) return std::unexpected(fault_of_code(*code));
  return reply;
}

std::expected<RedisReply, RedisFault> RedisConnection::receive(RedisTime until) {
  if (auto written = write(); !written) return std::unexpected(written.error());
  while (true) {
    void* reply = nullptr;
    if (redisReaderGetReply(context_->reader, &reply) != REDIS_OK) return std::unexpected(k_redis_nonsense);
    if (reply != nullptr) {
      received_bytes_ = context_->reader->len - context_->reader->pos;
      return RedisReply(static_cast<redisReply*>(reply));
    }
    if (received_bytes_ > k_reply_bytes_max) return std::unexpected(k_redis_verbose);
    if (auto ready = wait(until); !ready) return std::unexpected(ready.error());
  }
}

// Until something was read or written.
std::expected<void, RedisFault> RedisConnection::wait(RedisTime until) {
  const bool has_output = output_sent_ < output_.size();
  pollfd waiting[] = {{context_->fd, static_cast<short>(has_output ? POLLIN | POLLOUT : POLLIN), 0},
                      {stop_, POLLIN, 0}};
  const int ready = ::poll(waiting, std::size(waiting), static_cast<int>(left_until(until).count()));
  if (ready < 0) return {};  // EINTR
  if (ready == 0) return std::unexpected(k_redis_silent);
  if (waiting[1].revents != 0) return std::unexpected(k_redis_stopped);
  if ((waiting[0].revents & POLLOUT) != 0) {
    if (auto written = write(); !written) return written;
  }
  if ((waiting[0].revents & ~POLLOUT) != 0) return read();
  return {};
}

std::expected<void, RedisFault> RedisConnection::write() {
  while (output_sent_ < output_.size()) {
    const ssize_t sent =
        ::send(context_->fd, output_.data() + output_sent_, output_.size() - output_sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return {};
    if (sent < 0) return std::unexpected(k_redis_lost);
    output_sent_ += static_cast<std::size_t>(sent);
  }
  output_.clear();
  output_sent_ = 0;
  return {};
}

std::expected<void, RedisFault> RedisConnection::read() {
  std::array<char, std::size_t{64} * 1024> piece;
  const ssize_t got = ::recv(context_->fd, piece.data(), piece.size(), 0);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return {};
  if (got <= 0) return std::unexpected(k_redis_lost);
  received_bytes_ += static_cast<std::size_t>(got);
  if (redisReaderFeed(context_->reader, piece.data(), static_cast<std::size_t>(got)) != REDIS_OK)
    return std::unexpected(k_redis_nonsense);
  return {};
}

}  // namespace rt::store
