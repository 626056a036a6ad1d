// SPDX-License-Identifier: MIT
// Admin: the listener for operators: /metrics, /healthz, /readyz and /streams, on a thread of its own, so
// that it answers even when every event loop is busy. It asks for no token, so /streams, which names users
// and addresses, is for callers on this machine only. cpp-httplib serves it (one thread per connection: for
// few, trusted callers) and is included in admin.cc alone. Started and stopped by the main thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "net/socket.h"
#include "server/streams_page.h"

namespace rt::server {

struct Readiness {
  bool ready = false;
  std::string reason;  // "starting", "draining"; when ready, what is not as it should be, or nothing
};

struct AdminSources {
  std::function<std::string()> metrics;  // called from the admin's threads
  std::function<Readiness()> readiness;
  std::function<std::string(const StreamsQuery&)> streams;
};

class Admin {
 public:
  // Listens and serves from now on; port 0 lets the system choose (see port()).
  static base::Result<std::unique_ptr<Admin>> open(const net::ListenAddress& address, AdminSources sources);
  ~Admin();
  const net::ListenAddress& address() const { return address_; }

 private:
  struct Listener;
  Admin(std::unique_ptr<Listener> listener, net::ListenAddress address);
  std::unique_ptr<Listener> listener_;
  net::ListenAddress address_;
};

}  // namespace rt::server
