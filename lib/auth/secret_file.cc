// SPDX-License-Identifier: MIT
#include "auth/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace rt::auth {
namespace {

constexpr mode_t k_others = S_IRWXG | S_IRWXO;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<base::Error> refuse(std::string what, std::string hint = {}) {
  return base::fail(base::ErrorKind::configuration, std::move(what), std::move(hint));
}

std::unexpected<base::Error> cannot_read(const std::string& path, int error) {
  return refuse("cannot read the secret file " + path + ": " + std::generic_category().message(error));
}

// Not by its size: a pipe (`<(pass show rtserve)`) has none.
base::Result<std::string> read_all(int fd, const std::string& path) {
  std::string text;
  std::array<char, 1024> piece;
  while (true) {
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(path, errno);
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > k_secret_file_bytes_max)
      return refuse("the secret file " + path + " is larger than " + std::to_string(k_secret_file_bytes_max) +
                    " bytes");
  }
}

}  // namespace

base::Result<Key> read_secret_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return cannot_read(path, errno);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return cannot_read(path, errno);
  if ((status.st_mode & k_others) != 0)
    return refuse("the secret file " + path + " can be read or written by others than its owner",
                  "chmod 600 " + path);
  auto text = read_all(file.get(), path);
  if (!text) return std::unexpected(std::move(text).error());
  auto key = key_from_secret_file_text(std::move(*text));
  if (!key) return refuse(path + ": " + key.error().what, key.error().hint);
  return key;
}

}  // namespace rt::auth
