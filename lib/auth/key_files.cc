// SPDX-License-Identifier: MIT
#include "auth/key_files.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
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

// Overwritten at the end, as it may have been a secret.
struct File {
  std::string text;
  mode_t mode = 0;

  explicit File(mode_t its_mode) : mode(its_mode) {}
  File(File&&) = default;
  ~File() { OPENSSL_cleanse(text.data(), text.size()); }
  bool is_private() const { return (mode & k_others) == 0; }
  bool is_writable_by_all() const { return (mode & S_IWOTH) != 0; }
};

// systemd lets a service read a credential by an access control list, which shows as the bit of a group.
bool is_credential(const std::string& path, mode_t mode) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder != nullptr && path.starts_with(std::string(folder) + '/') &&
         (mode & (S_IWGRP | S_IXGRP | S_IRWXO)) == 0;
}

std::unexpected<base::Error> refuse(std::string what, std::string hint = {}) {
  return base::fail(base::ErrorKind::configuration, std::move(what), std::move(hint));
}

std::unexpected<base::Error> not_private(const std::string& what) {
  return refuse("the secret file " + what + " can be read or written by others than its owner",
                "chmod 600 " + what);
}

std::unexpected<base::Error> writable_by_all(const std::string& path) {
  return refuse("the key file " + path + " can be written by everybody", "chmod o-w " + path);
}

std::unexpected<base::Error> in_file(const std::string& path, const base::Error& error) {
  return refuse(path + ": " + error.what, error.hint);
}

// Not by its size: a pipe (`<(pass show rtserve)`) has none.
base::Result<File> read_file(const std::string& path, const char* what, std::size_t bytes_max) {
  const auto cannot_read = [&](int error) {
    return refuse(std::string("cannot read the ") + what + ' ' + path + ": " +
                  std::generic_category().message(error));
  };
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (descriptor.get() < 0) return cannot_read(errno);
  struct stat status;
  if (::fstat(descriptor.get(), &status) != 0) return cannot_read(errno);
  File file(status.st_mode);
  file.text.reserve(bytes_max + 1);  // so that no copy of a secret is left behind by growing
  std::array<char, 1024> piece;
  while (true) {
    const ssize_t got = ::read(descriptor.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(errno);
    if (got == 0) break;
    if (file.text.size() + static_cast<std::size_t>(got) > bytes_max)
      return refuse(std::string("the ") + what + ' ' + path + " is larger than " + std::to_string(bytes_max) +
                    " bytes");
    file.text.append(piece.data(), static_cast<std::size_t>(got));
  }
  OPENSSL_cleanse(piece.data(), piece.size());
  return file;
}

}  // namespace

base::Result<Key> read_secret_file(const std::string& path) {
  const auto file = read_file(path, "secret file", k_secret_file_bytes_max);
  if (!file) return std::unexpected(file.error());
  if (!file->is_private() && !is_credential(path, file->mode)) return not_private(path);
  auto key = key_from_secret_file_text(file->text);
  if (!key) return in_file(path, key.error());
  return key;
}

base::Result<std::string> read_password_file(const std::string& path) {
  const auto file = read_file(path, "password file", k_secret_file_bytes_max);
  if (!file) return std::unexpected(file.error());
  if (!file->is_private() && !is_credential(path, file->mode)) return not_private(path);
  std::string_view text = file->text;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) return refuse("the password file " + path + " is empty");
  return std::string(text);
}

base::Result<std::vector<Key>> read_public_keys(const std::string& path) {
  const auto file = read_file(path, "key file", k_jwks_bytes_max);
  if (!file) return std::unexpected(file.error());
  if (file->is_writable_by_all()) return writable_by_all(path);
  auto keys = parse_public_keys(file->text);
  if (!keys) return in_file(path, keys.error());
  return keys;
}

base::Result<Jwks> read_jwks_file(const std::string& path) {
  const auto file = read_file(path, "key file", k_jwks_bytes_max);
  if (!file) return std::unexpected(file.error());
  if (file->is_writable_by_all()) return writable_by_all(path);
  auto jwks = parse_jwks(file->text, Secrets::taken);
  if (!jwks) return in_file(path, jwks.error());
  if (jwks->holds_secrets && !file->is_private()) return not_private(path);
  return jwks;
}

}  // namespace rt::auth
