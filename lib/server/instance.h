// SPDX-License-Identifier: MIT
// Instance: a running rtserve: the store's thread, a reactor per shard, the admin listener, and their life
// from start to drain. Opened, run and destroyed by the main thread, which blocks the signals it waits for
// before.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/reactor.h"
#include "net/socket_file.h"
#include "net/store_thread.h"
#include "server/admin.h"
#include "server/api.h"
#include "server/config.h"
#include "server/counts.h"
#include "server/key_source.h"
#include "server/streams_page.h"
#include "server/supervisor.h"

namespace rt::server {

// What an instance asks of the program around it.
struct InstanceSources {
  std::string version;
  std::function<base::Result<Config>()> reload;  // the configuration, read anew
  Fetch fetch;                                   // for Config::jwks_url
};

class Instance {
 public:
  // Opens the store and reads what it holds; listens, but does not serve yet. `clock` must outlive the
  // instance. Raises the descriptor limit as far as the system lets it; without Config::clients_max, that
  // limit is the limit.
  static base::Result<std::unique_ptr<Instance>> open(Config config, InstanceSources sources,
                                                      const base::Clock& clock);
  ~Instance();

  // The addresses as they were bound.
  const std::vector<net::ListenAddress>& addresses() const { return addresses_; }
  const net::ListenAddress& admin_address() const { return admin_->address(); }

  // Starts the threads; ready from here on, or once keys were fetched where all are to come from a URL.
  void start();
  // Serves until SIGTERM or SIGINT, then drains within the grace, and returns; a second signal ends it at
  // once. On SIGHUP everything is read anew: either all of it is valid and is used from now on, or nothing
  // changes.
  void run_until_signal();

  // The signals that run_until_signal() waits for. Block them before any thread starts.
  static sigset_t signals();

 private:
  enum class State { starting, ready, draining };

  Instance(Config config, InstanceSources sources, const base::Clock& clock, store::Opened opened);
  base::Result<void> listen();
  base::Result<void> listen_on_inherited(std::vector<std::vector<net::Descriptor>>& of_shards);
  base::Result<void> open_admin();
  base::Result<void> take_over(Config config);
  void renew_rules();
  void take_fetched_keys();
  void reload();
  net::Serving serving();
  void post_to_all(net::Command command);
  void post_serving();
  void drain(const net::Drain& plan);
  int wait_ms() const;
  void tell_alive();
  Readiness readiness() const;
  std::string metrics() const;

  const std::unique_ptr<const Config> opened_;  // as it was at the start: what a reload cannot change
  InstanceSources sources_;
  const base::Clock& clock_;
  Overview overview_;
  std::vector<net::ListenAddress> addresses_;
  std::vector<net::SocketFile> socket_files_;  // removed at the end

  // The main thread's; the shards are posted copies.
  std::shared_ptr<const Config> config_;
  std::vector<auth::Key> fetched_keys_;
  std::shared_ptr<const auth::Rules> rules_;
  std::shared_ptr<const net::TlsServer> tls_;

  Counts counts_;
  Admission admission_{counts_.streams};
  KeySource::KeyMailbox fetched_;
  std::unique_ptr<KeySource> key_source_;
  net::StoreThread store_;
  std::shared_ptr<const store::Recollection> held_;  // until every shard was sent it
  StreamsPage streams_page_{reactors_};
  std::vector<std::unique_ptr<net::Reactor>> reactors_;
  std::vector<std::thread> threads_;
  Supervisor supervisor_;
  std::vector<std::uint64_t> ticks_;  // of the reactors, when supervisor_ was last told that all is well
  std::atomic<State> state_{State::starting};
  std::atomic<bool> has_keys_{false};
  std::atomic<bool> reload_successful_{true};
  std::atomic<std::int64_t> reloaded_at_{0};  // Unix seconds of the last successful one
  std::atomic<std::size_t> reactors_running_{0};
  std::unique_ptr<Admin> admin_;
};

}  // namespace rt::server
