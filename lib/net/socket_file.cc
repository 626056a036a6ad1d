// SPDX-License-Identifier: MIT
#include "net/socket_file.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace rt::net {

namespace {

constexpr mode_t k_mode = 0660;

const sockaddr* generic(const sockaddr_un& name) {
  return reinterpret_cast<const sockaddr*>(&name);
}

sockaddr_un name_of(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::ranges::copy(path.substr(0, sizeof name.sun_path - 1), name.sun_path);
  return name;
}

Descriptor make_socket() {
  return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

bool is_socket(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

// Does nobody listen behind that socket any more?
bool is_left_behind(const std::string& path, const sockaddr_un& name) {
  if (!is_socket(path)) return false;
  const Descriptor probe = make_socket();
  return ::connect(probe.get(), generic(name), sizeof name) != 0 && errno == ECONNREFUSED;
}

bool bind_at(int fd, const std::string& path, const sockaddr_un& name) {
  if (::bind(fd, generic(name), sizeof name) == 0) return true;
  if (errno != EADDRINUSE || !is_left_behind(path, name)) return false;
  return ::unlink(path.c_str()) == 0 && ::bind(fd, generic(name), sizeof name) == 0;
}

std::unexpected<base::Error> fail_listen(const ListenAddress& address, const std::string& path, int error) {
  std::string hint;
  if (error == EADDRINUSE)
    hint = is_socket(path) ? "another program listens there; choose another path with --listen"
                           : "what is there is no socket; remove it, or choose another path with --listen";
  return base::fail(base::ErrorKind::io,
                    "cannot listen on " + to_string(address) + ": " + std::strerror(error), hint);
}

}  // namespace

SocketFile::~SocketFile() {
  struct stat status{};
  if (!path_.empty() && ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
      status.st_ino == inode_)
    ::unlink(path_.c_str());
}

base::Result<ListeningFile> listen_on_file(const ListenAddress& address) {
  const std::string path = unix_path(address);
  const sockaddr_un name = name_of(path);
  Descriptor listener = make_socket();
  // The mode of the socket is the most that its file gets, so that the file is never open to more than it
  // says.
  ::fchmod(listener.get(), k_mode);
  if (!bind_at(listener.get(), path, name)) return fail_listen(address, path, errno);
  struct stat status{};
  if (::chmod(path.c_str(), k_mode) != 0 || ::lstat(path.c_str(), &status) != 0)
    return fail_listen(address, path, errno);
  SocketFile file(path, status.st_dev, status.st_ino);
  if (::listen(listener.get(), k_backlog) != 0) return fail_listen(address, path, errno);
  return ListeningFile{{address, std::move(listener)}, std::move(file)};
}

}  // namespace rt::net
