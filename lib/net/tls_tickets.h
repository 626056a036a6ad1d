// SPDX-License-Identifier: MIT
// The keys of the session tickets that a TlsServer gives: drawn at random, held in memory only. A server that
// takes the place of another draws new ones and takes the last one's tickets too, so that a reload costs
// nobody a full handshake, and the key before the last is gone: who reads our memory later opens no older
// TLS 1.2 session. Between reloads keys stay; a daily SIGHUP is a daily change. A part of tls.cc; any thread.
#pragma once

struct ssl_ctx_st;

namespace rt::net {

// Gives `context` keys of its own; they go with it. `before`, or null, is the one whose tickets stay good.
// False when memory or randomness is short.
bool set_ticket_keys(ssl_ctx_st* context, const ssl_ctx_st* before);

}  // namespace rt::net
