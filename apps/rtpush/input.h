// SPDX-License-Identifier: MIT
// Input: one file, pipe, terminal or device that is read piece by piece. A live one (anything but a regular
// file) is read as it comes. One instance, main thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rt::rtpush {

class Input {
 public:
  // "-" is stdin. Errors: not_found (the file cannot be opened), io.
  static base::Result<Input> open(const std::string& path);
  Input(Input&& other) noexcept;
  Input& operator=(Input&&) = delete;
  ~Input();

  // The next bytes; empty at the end, after a signal (interrupt.h), or, with `quiet` set, when none came for
  // so long.
  struct Piece {
    std::string_view bytes;
    bool is_quiet = false;
  };
  base::Result<Piece> read(std::chrono::milliseconds quiet_after);

  bool is_live() const { return is_live_; }
  std::uint64_t bytes_total() const { return bytes_total_; }  // of a regular file
  const std::string& name() const { return name_; }           // "stdin", or the path

 private:
  Input(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

  static constexpr std::size_t k_piece_bytes = 64 * 1024;

  int descriptor_;
  std::string name_;
  bool is_live_ = true;
  std::uint64_t bytes_total_ = 0;
  std::string buffer_;
};

}  // namespace rt::rtpush
