// SPDX-License-Identifier: MIT
#include "server/memory_watch.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "base/log.h"
#include "base/text.h"

namespace rt::server {

namespace {

constexpr std::int64_t k_look_interval_ms = 100;
constexpr std::chrono::milliseconds k_relief_interval{1000};

}  // namespace

MemoryUse memory_use() {
  static const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const int fd = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::array<char, 128> text{};
  const ssize_t got = ::read(fd, text.data(), text.size());
  ::close(fd);
  if (got <= 0) return {};
  const auto fields = base::split({text.data(), static_cast<std::size_t>(got)}, ' ');
  if (fields.size() < 2) return {};
  return {.resident_bytes = base::parse_unsigned(fields[1]).value_or(0) * page_bytes,
          .virtual_bytes = base::parse_unsigned(fields[0]).value_or(0) * page_bytes};
}

std::uint64_t resident_bytes() {
  return memory_use().resident_bytes;
}

void return_freed_memory() {
  ::malloc_trim(0);
}

bool MemoryWatch::is_over(std::uint64_t limit_bytes, base::SteadyTime now) {
  if (limit_bytes == 0) return false;
  const std::int64_t now_ms = now.time_since_epoch().count();
  std::int64_t next_ms = next_look_ms_.load(std::memory_order_relaxed);
  // One of all threads that ask looks.
  if (now_ms >= next_ms && next_look_ms_.compare_exchange_strong(next_ms, now_ms + k_look_interval_ms))
    resident_.store(read_(), std::memory_order_relaxed);
  return resident_.load(std::memory_order_relaxed) > limit_bytes;
}

bool MemoryWatch::relieve(std::uint64_t limit_bytes, base::SteadyTime now) {
  if (!is_over(limit_bytes, now)) {
    if (is_short_.exchange(false))
      base::log(base::LogLevel::info, "memory is below --max-memory again", {{"resident", resident_.load()}});
    return false;
  }
  if (relieved_at_ && now < *relieved_at_ + k_relief_interval) return false;
  relieved_at_ = now;
  give_back_();
  resident_.store(read_(), std::memory_order_relaxed);
  if (resident_ <= limit_bytes) return false;
  if (!is_short_.exchange(true)) {
    base::log(base::LogLevel::warn,
              "more memory is used than --max-memory allows: taking no streams and events",
              {{"resident", resident_.load()}, {"limit", limit_bytes}});
  }
  return true;
}

}  // namespace rt::server
