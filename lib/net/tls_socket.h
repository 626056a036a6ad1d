// SPDX-License-Identifier: MIT
// How OpenSSL reads and writes a connection's socket: as its own socket BIO does, but never waiting and never
// raising SIGPIPE. A part of tls.cc; the thread of the session's connection.
#pragma once

struct ssl_st;

namespace rt::net {

// Does not own the descriptor. False when memory is short.
bool set_socket(ssl_st* session, int descriptor);

}  // namespace rt::net
