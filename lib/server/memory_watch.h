// SPDX-License-Identifier: MIT
// MemoryWatch: whether the process holds more memory than it may (--max-memory), and how it comes back below.
// No thread of its own: it looks, at most ten times a second, when somebody asks, and what it knows are
// atomics. Any thread, but relieve(), which is one thread's alone, and of one that nobody waits for.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/clock.h"

namespace rt::server {

// What the process holds in memory, without what is swapped out, and its address space (proc(5), statm); 0
// when that cannot be read.
struct MemoryUse {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
};
MemoryUse memory_use();
std::uint64_t resident_bytes();
// Gives memory that was freed, but kept by the allocator, back to the system.
void return_freed_memory();

class MemoryWatch {
 public:
  explicit MemoryWatch(std::function<std::uint64_t()> read = resident_bytes,
                       std::function<void()> give_back = return_freed_memory)
      : read_(std::move(read)), give_back_(std::move(give_back)) {}

  // Is more held than `limit_bytes`? 0 is no limit.
  bool is_over(std::uint64_t limit_bytes, base::SteadyTime now);
  // For once in a while: when over the limit, has the allocator give back what is free already (which may
  // take half a second), and says whether that does not suffice, so that something has to be forgotten.
  bool relieve(std::uint64_t limit_bytes, base::SteadyTime now);
  // Was it so the last time? Said in the log when it begins and when it is over.
  bool is_short() const { return is_short_; }

 private:
  std::function<std::uint64_t()> read_;
  std::function<void()> give_back_;
  std::atomic<std::int64_t> next_look_ms_{INT64_MIN};
  std::atomic<std::uint64_t> resident_{0};
  std::optional<base::SteadyTime> relieved_at_;
  std::atomic<bool> is_short_{false};
};

}  // namespace rt::server
