// SPDX-License-Identifier: MIT
#include "rtwatch/state_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/text.h"

namespace rt::rtwatch {
namespace {

constexpr std::size_t k_id_bytes_max = 1024;

std::unexpected<base::Error> failure(const std::string& path, int error) {
  return base::fail(base::ErrorKind::io,
                    "--state " + base::printable(path, 400) + ": " + std::strerror(error));
}

}  // namespace

base::Result<std::string> StateFile::read() const {
  if (path_.empty()) return std::string();
  const int descriptor = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return std::string();
    return failure(path_, errno);
  }
  std::array<char, k_id_bytes_max + 1> bytes{};
  const auto got = ::read(descriptor, bytes.data(), bytes.size());
  const int error = errno;
  close(descriptor);
  if (got < 0) return failure(path_, error);
  const auto id = base::trim(std::string_view(bytes.data(), static_cast<std::size_t>(got)));
  const auto line = id.ends_with('\n') ? id.substr(0, id.size() - 1) : id;
  if (line.size() >= k_id_bytes_max || base::printable(line, k_id_bytes_max) != line) {
    return base::fail(base::ErrorKind::invalid,
                      "--state " + base::printable(path_, 400) + ": holds no event id");
  }
  return std::string(line);
}

base::Result<void> StateFile::keep(std::string_view id) {
  if (path_.empty() || id == kept_) return {};
  const std::string next = path_ + ".new";
  const int descriptor = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return failure(path_, errno);
  const std::string line = std::string(id) + "\n";
  const bool is_written = write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int error = errno;
  if (close(descriptor) != 0 || !is_written) return failure(path_, is_written ? errno : error);
  if (rename(next.c_str(), path_.c_str()) != 0) return failure(path_, errno);
  kept_ = id;
  return {};
}

}  // namespace rt::rtwatch
