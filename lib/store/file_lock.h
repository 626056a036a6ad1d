// SPDX-License-Identifier: MIT
// FileLock: one process at a time. A lock on a file that is there for nothing else (flock(2)), and stays; it
// is gone with the process, however that ends. Any thread.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace rt::store {

class FileLock {
 public:
  // Does not wait. Made with mode 0600 where it is not there.
  static base::Result<FileLock> take(const std::string& path);
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace rt::store
