// SPDX-License-Identifier: MIT
// What a process has used, from /proc (proc(5)). Any thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/error.h"

namespace rt::bench {

struct ProcessUse {
  double cpu_s = 0;   // all threads, to the nanosecond
  double user_s = 0;  // of it outside of the kernel, to the clock tick
  std::uint64_t resident_kib = 0;
  std::uint64_t peak_kib = 0;     // of what was resident, since its start
  std::uint64_t private_kib = 0;  // what nobody else has mapped
};

base::Result<ProcessUse> use_of(int pid);
// The same of ourselves, CPU alone.
double own_cpu_s();

// What is resident, looked at now and then.
class MemoryTrace {
 public:
  explicit MemoryTrace(int pid) : pid_(pid) {}
  // At most twice a second, however often it is called.
  void sample();
  std::uint64_t first_kib() const { return first_; }
  std::uint64_t last_kib() const { return last_; }
  std::uint64_t max_kib() const { return max_; }

 private:
  int pid_;
  std::uint64_t next_ns_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace rt::bench
