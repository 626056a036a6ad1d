// SPDX-License-Identifier: MIT
// A listening socket with a name in the file system, for `--listen unix:PATH`, and the life of that name:
// made with the socket, taken over from a server that died, removed at the end. Owned by whoever serves
// there. Any thread. TCP is in socket.h.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"
#include "net/socket.h"

namespace rt::net {

// Removes the file when it is destroyed, unless another server has taken the name meanwhile.
class SocketFile {
 public:
  SocketFile(std::string path, dev_t device, ino_t inode)
      : path_(std::move(path)), device_(device), inode_(inode) {}
  SocketFile(SocketFile&& other) noexcept
      : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile();

 private:
  std::string path_;  // empty: moved from
  dev_t device_;
  ino_t inode_;
};

struct ListeningFile {
  SharedListener shared;
  SocketFile file;
};

// Its mode is 0660, whatever the umask: the owner and the group may connect. A file that a server left behind
// is replaced; where one listens, or where something else than a socket is, it is an error.
base::Result<ListeningFile> listen_on_file(const ListenAddress& address);

}  // namespace rt::net
