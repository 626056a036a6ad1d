// SPDX-License-Identifier: MIT
// Supervisor: who watches over the process, systemd or whoever else set NOTIFY_SOCKET, is told how the server
// is, and that it is alive as often as WATCHDOG_USEC asks: sd_notify(3) and sd_watchdog_enabled(3), without
// their library, which brings a handful of others into the process. Says nothing where nobody asked. Owned by
// the Instance, on the main thread.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "net/socket.h"

namespace rt::server {

class Supervisor {
 public:
  Supervisor();

  void ready() const;
  void reloading() const;  // until it is ready again
  void stopping() const;
  // How often it is to be told that the server is alive; zero: never.
  std::chrono::milliseconds alive_every() const { return alive_every_; }
  bool alive_is_due(base::SteadyTime now) const;
  void alive(base::SteadyTime now);

 private:
  void tell(const std::string& state) const;

  std::string address_;  // of its socket, as sockaddr_un has it; empty: there is none
  net::Descriptor socket_;
  std::chrono::milliseconds alive_every_{0};
  base::SteadyTime alive_told_;
};

}  // namespace rt::server
