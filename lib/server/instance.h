// SPDX-License-Identifier: MIT
// Instance: a running rtserve: the store's thread, a reactor per shard, the admin listener, and their life
// from start to drain. Opened, run and destroyed by the main thread, which blocks the signals it waits for
// before.
#pragma once

#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/reactor.h"
#include "net/store_thread.h"
#include "server/admin.h"
#include "server/api.h"
#include "server/config.h"
#include "server/counts.h"

namespace rt::server {

class Instance {
 public:
  // Listens, but does not serve yet. `clock` must outlive the instance. Raises the descriptor limit as far as
  // the system lets it, and sets Config::clients_max from it where that was not set.
  static base::Result<std::unique_ptr<Instance>> open(Config config, std::string version,
                                                      const base::Clock& clock);
  ~Instance();

  // The addresses as they were bound.
  const std::vector<net::ListenAddress>& addresses() const { return config_.listen; }
  const net::ListenAddress& admin_address() const { return admin_->address(); }

  // Starts the threads; ready from here on.
  void start();
  // Waits for SIGTERM or SIGINT, drains within the grace, and returns. A second signal ends the wait.
  void run_until_signal();

  // The signals that run_until_signal() waits for. Block them before any thread starts.
  static sigset_t signals();

 private:
  enum class State { starting, ready, draining };

  Instance(Config config, std::string version, const base::Clock& clock);
  base::Result<void> listen();
  void post_to_all(net::Command command);
  void drain();

  Config config_;
  std::string version_;
  const base::Clock& clock_;
  Counts counts_;
  Api api_;
  net::StoreThread store_;
  std::vector<std::unique_ptr<net::Reactor>> reactors_;
  std::vector<std::thread> threads_;
  std::atomic<State> state_{State::starting};
  std::atomic<std::size_t> reactors_running_{0};
  std::unique_ptr<Admin> admin_;
};

}  // namespace rt::server
