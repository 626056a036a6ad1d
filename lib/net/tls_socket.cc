// SPDX-License-Identifier: MIT
#include "net/tls_socket.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace rt::net {

namespace {

// The descriptor lies where a pointer would.
int descriptor_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool may_retry() {
  return errno == EAGAIN || errno == EINTR;
}

int on_read(BIO* bio, char* into, int size) {
  const ssize_t got = ::recv(descriptor_of(bio), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
  BIO_clear_retry_flags(bio);
  if (got < 0 && may_retry()) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

int on_write(BIO* bio, const char* bytes, int size) {
  const ssize_t sent =
      ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
  BIO_clear_retry_flags(bio);
  if (sent < 0 && may_retry()) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long on_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

// Made once and kept: null when memory is short.
const BIO_METHOD* method() {
  static const BIO_METHOD* const made = [] {
    BIO_METHOD* of_ours = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
    if (of_ours != nullptr) {
      BIO_meth_set_read(of_ours, &on_read);
      BIO_meth_set_write(of_ours, &on_write);
      BIO_meth_set_ctrl(of_ours, &on_control);
    }
    return of_ours;
  }();
  return made;
}

}  // namespace

bool set_socket(ssl_st* session, int descriptor) {
  BIO* bio = method() != nullptr ? BIO_new(method()) : nullptr;
  if (bio == nullptr) return false;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
  BIO_set_init(bio, 1);
  SSL_set_bio(session, bio, bio);
  return true;
}

}  // namespace rt::net
