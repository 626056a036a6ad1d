// SPDX-License-Identifier: MIT
// TLS 1.2 and 1.3 on a non-blocking socket, by OpenSSL on the descriptor itself: a connection that waits
// costs what OpenSSL keeps of its state, and no buffers. TlsServer: certificate, key and rules, shared by all
// shards and replaced as a whole on a reload; connections go on with the one they began with, and their
// tickets are good with the next. Any thread. TlsSession: one connection's, on the thread of its reactor
// alone. It neither waits nor closes the descriptor, which net/wire.h does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

struct ssl_ctx_st;
struct ssl_st;

namespace rt::net {

// What one record carries (RFC 8446 section 5.1).
inline constexpr std::size_t k_tls_record_bytes_max = 16 * 1024;

enum class TlsVersion : std::uint8_t { tls12, tls13 };

struct TlsFiles {
  std::string certificate;  // PEM, the server's own first, behind it the chain
  std::string key;          // PEM; refused when others can read it
  TlsVersion oldest = TlsVersion::tls12;
};

class TlsServer {
 public:
  // Errors (kind configuration) name the file: not there, not readable, not valid at this time, or a key that
  // does not belong to the certificate. The tickets of `before`, the one whose place it takes, stay good.
  static base::Result<std::shared_ptr<const TlsServer>> load(const TlsFiles& files,
                                                             const TlsServer* before = nullptr);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

 private:
  friend class TlsSession;
  explicit TlsServer(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

enum class TlsState : std::uint8_t {
  done,         // bytes went through
  wants_read,   // nothing now; again when the descriptor is readable,
  wants_write,  // or writable
  closed,       // the peer has said all it will say
  failed,       // the connection is of no use any more
  plain_http,   // it began with an HTTP request; nothing has been answered
};

struct TlsProgress {
  TlsState state;
  std::size_t bytes = 0;
};

class TlsSession {
 public:
  // `descriptor` is a connected, non-blocking socket. When memory is short, all that it does fails.
  TlsSession(const TlsServer& server, int descriptor);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Shakes hands first. `into` has room for a whole record, so that nothing that came stays behind in OpenSSL
  // while the descriptor is silent.
  TlsProgress read(std::span<char> into);
  // `bytes` may be short of all also when the state is not `done`. What was not taken must be what the next
  // write begins with: a part of it may be encrypted already.
  TlsProgress write(std::string_view bytes);
  // Says that nothing more will be written. To be called until it does not want anything.
  TlsState finish();

  // For which readiness the last read, and the last write or finish, came back.
  bool read_wants_write() const { return read_wants_write_; }
  bool write_wants_read() const { return write_wants_read_; }

 private:
  TlsState state_of(int result);
  TlsState state_of_sending(int result);

  ssl_st* session_;                // null when memory was short
  std::uint16_t begun_bytes_ = 0;  // of a record that OpenSSL has encrypted and could not send whole
  bool failed_ = false;
  bool finished_ = false;
  bool read_wants_write_ = false;
  bool write_wants_read_ = false;
};

}  // namespace rt::net
