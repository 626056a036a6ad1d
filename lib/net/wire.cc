// SPDX-License-Identifier: MIT
#include "net/wire.h"

#include <sys/socket.h>

#include <cerrno>

namespace rt::net {

namespace {

bool is_passing(int error) {
  return error == EAGAIN || error == EINTR;
}

Wire::Received received_of(const TlsProgress& progress) {
  switch (progress.state) {
    case TlsState::done:
      return {Wire::Input::bytes, progress.bytes};
    case TlsState::wants_read:
    case TlsState::wants_write:
      return {Wire::Input::nothing, 0, true};
    case TlsState::closed:
      return {Wire::Input::end};
    case TlsState::plain_http:
      return {Wire::Input::plain_http};
    case TlsState::failed:
      break;
  }
  return {Wire::Input::broken};
}

}  // namespace

Wire::Wire(int descriptor, const TlsServer* tls)
    : socket_(descriptor), tls_(tls != nullptr ? std::make_unique<TlsSession>(*tls, descriptor) : nullptr) {}

Wire::Received Wire::receive(std::span<char> into) {
  if (tls_) {
    const TlsProgress progress = tls_->read(into);
    if (progress.state == TlsState::plain_http) tls_.reset();
    return received_of(progress);
  }
  const ssize_t got = ::recv(descriptor(), into.data(), into.size(), MSG_DONTWAIT);
  if (got < 0) return {is_passing(errno) ? Input::nothing : Input::broken, 0, errno == EAGAIN};
  if (got == 0) return {Input::end};
  const auto bytes = static_cast<std::size_t>(got);
  return {Input::bytes, bytes, bytes < into.size()};
}

std::optional<std::size_t> Wire::send(std::string_view bytes) {
  if (tls_) {
    const TlsProgress progress = tls_->write(bytes);
    if (progress.state == TlsState::failed) return std::nullopt;
    return progress.bytes;
  }
  const ssize_t sent = ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (is_passing(errno)) return 0;
  return std::nullopt;
}

bool Wire::finish() {
  if (tls_) {
    const TlsState state = tls_->finish();
    if (state == TlsState::wants_read || state == TlsState::wants_write) return false;
  }
  ::shutdown(descriptor(), SHUT_WR);
  return true;
}

void Wire::close() {
  if (tls_) tls_->finish();
  socket_ = Descriptor();
}

}  // namespace rt::net
