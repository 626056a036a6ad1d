// SPDX-License-Identifier: MIT
// What the system knows of this process, for the metrics that every Prometheus client has. Any thread; counts
// the open descriptors one by one, so it is not for the way of a request.
#pragma once

#include <cstdint>

namespace rt::server {

struct ProcessUsage {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t descriptors = 0;
  std::uint64_t descriptors_max = 0;
};

// 0 where the system does not say.
ProcessUsage process_usage();

}  // namespace rt::server
