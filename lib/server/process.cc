// SPDX-License-Identifier: MIT
#include "server/process.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "server/memory_watch.h"

namespace rt::server {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::uint64_t count_descriptors() {
  DIR* const folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(folder))
    if (entry->d_name[0] != '.') ++count;
  ::closedir(folder);
  return count == 0 ? 0 : count - 1;  // but for the folder's own
}

}  // namespace

ProcessUsage process_usage() {
  ProcessUsage usage;
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0)
    usage.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.descriptors_max = limit.rlim_cur;
  usage.descriptors = count_descriptors();
  const MemoryUse memory = memory_use();
  usage.resident_bytes = memory.resident_bytes;
  usage.virtual_bytes = memory.virtual_bytes;
  return usage;
}

}  // namespace rt::server
