// SPDX-License-Identifier: MIT
#include "rtpush/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "rtpush/interrupt.h"

namespace rt::rtpush {
namespace {

std::unexpected<base::Error> failure(base::ErrorKind kind, const std::string& name, int error) {
  return base::fail(kind, base::printable(name, 400) + ": " + std::strerror(error));
}

}  // namespace

base::Result<Input> Input::open(const std::string& path) {
  const bool is_stdin = path == "-";
  const int descriptor = is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) {
    return failure(base::ErrorKind::not_found, path, errno);
  }
  Input input(descriptor, is_stdin ? "stdin" : path);
  struct stat status{};
  if (fstat(descriptor, &status) != 0) {
    return failure(base::ErrorKind::io, input.name_, errno);
  }
  if (S_ISDIR(status.st_mode)) {
    return failure(base::ErrorKind::not_found, input.name_, EISDIR);
  }
  if (S_ISREG(status.st_mode)) {
    input.is_live_ = false;
    input.bytes_total_ = static_cast<std::uint64_t>(status.st_size);
  }
  input.buffer_.resize(k_piece_bytes);
  return input;
}

Input::Input(Input&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      is_live_(other.is_live_),
      bytes_total_(other.bytes_total_),
      buffer_(std::move(other.buffer_)) {}

Input::~Input() {
  if (descriptor_ > STDERR_FILENO) {
    close(descriptor_);
  }
}

base::Result<Input::Piece> Input::read(std::chrono::milliseconds quiet_after) {
  while (caught_signal() == 0) {
    pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
    const int ready = poll(&waiting, 1, static_cast<int>(quiet_after.count()));
    if (ready == 0) {
      return Piece{.bytes = {}, .is_quiet = true};
    }
    const auto got = ready < 0 ? ready : ::read(descriptor_, buffer_.data(), buffer_.size());
    if (got >= 0) {
      return Piece{.bytes = std::string_view(buffer_).substr(0, static_cast<std::size_t>(got))};
    }
    if (errno != EINTR && errno != EAGAIN) {
      return failure(base::ErrorKind::io, name_, errno);
    }
  }
  return Piece{};
}

}  // namespace rt::rtpush
