// SPDX-License-Identifier: MIT
#include "server/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "net/socket.h"

namespace rt::server {

namespace {

constexpr std::uint64_t k_room_max = 1'000'000;  // 8 MB of the kernel's memory
constexpr std::uint64_t k_usual_limit = 1024;

}  // namespace

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return k_usual_limit;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

void make_room_for_descriptors(std::uint64_t count) {
  if (count == 0) return;
  // The table grows to hold the highest descriptor, and does not shrink.
  const net::Descriptor any(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const net::Descriptor highest(
      ::fcntl(any.get(), F_DUPFD_CLOEXEC, static_cast<int>(std::min(count, k_room_max)) - 1));
}

}  // namespace rt::server
