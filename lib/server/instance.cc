// SPDX-License-Identifier: MIT
#include "server/instance.h"

#include <sys/resource.h>

#include "base/log.h"
#include "base/text.h"
#include "server/metrics.h"

namespace rt::server {

namespace {

// Descriptors that are not streams: listeners, eventfds, admin callers, publishers, files.
constexpr std::uint64_t k_descriptors_kept = 256;
// How often a drain looks whether all shards are done.
constexpr std::chrono::milliseconds k_drain_look{20};

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

net::ReactorLimits reactor_limits(const Config& config) {
  net::ReactorLimits limits;
  limits.shard.window.events_max = config.retain_events;
  limits.heartbeat = config.heartbeat;
  limits.request_timeout = config.request_timeout;
  limits.retain_for = config.retain_for;
  return limits;
}

timespec timespec_of(std::chrono::milliseconds duration) {
  return {duration.count() / 1000, (duration.count() % 1000) * 1'000'000};
}

}  // namespace

sigset_t Instance::signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

base::Result<std::unique_ptr<Instance>> Instance::open(Config config, std::string version,
                                                       const base::Clock& clock) {
  const std::uint64_t descriptors = raise_descriptor_limit();
  if (!config.clients_max)
    config.clients_max = descriptors > k_descriptors_kept ? descriptors - k_descriptors_kept : 1;
  std::unique_ptr<Instance> instance(new Instance(std::move(config), std::move(version), clock));
  if (auto listening = instance->listen(); !listening) return std::unexpected(listening.error());
  AdminSources sources;
  Instance& at = *instance;
  sources.readiness = [&at] {
    switch (at.state_.load()) {
      case State::starting:
        return Readiness{false, "starting"};
      case State::draining:
        return Readiness{false, "draining"};
      case State::ready:
        break;
    }
    return Readiness{true, {}};
  };
  sources.metrics = [&at] {
    MetricsSources metrics{at.counts_, {}, at.state_ == State::ready, at.version_};
    for (const auto& reactor : at.reactors_) metrics.reactors.push_back(&reactor->counts());
    return metrics_text(metrics);
  };
  auto admin = Admin::open(at.config_.admin_listen, std::move(sources));
  if (!admin) return std::unexpected(admin.error());
  at.admin_ = *std::move(admin);
  return instance;
}

Instance::Instance(Config config, std::string version, const base::Clock& clock)
    : config_(std::move(config)),
      version_(std::move(version)),
      clock_(clock),
      api_(config_, counts_, clock_),
      store_(std::make_unique<store::Store>(std::make_unique<store::MemoryEngine>(clock_), clock_)) {}

base::Result<void> Instance::listen() {
  std::vector<std::vector<net::Descriptor>> listeners(config_.threads);
  for (net::ListenAddress& address : config_.listen) {
    if (auto free = net::check_free(address); !free) return std::unexpected(free.error());
    for (auto& of_shard : listeners) {
      auto listener = net::listen_on(address);
      if (!listener) return std::unexpected(listener.error());
      of_shard.push_back(*std::move(listener));
    }
  }
  for (std::uint32_t shard = 0; shard < config_.threads; ++shard) {
    reactors_.push_back(std::make_unique<net::Reactor>(shard, reactor_limits(config_),
                                                       std::move(listeners[shard]), api_, store_.mailbox(),
                                                       store_.origin(), clock_));
  }
  return {};
}

void Instance::start() {
  std::vector<net::Mailbox<net::ShardMail>*> mailboxes;
  for (const auto& reactor : reactors_) mailboxes.push_back(&reactor->mailbox());
  store_.start(std::move(mailboxes));
  reactors_running_ = reactors_.size();
  for (const auto& reactor : reactors_) {
    threads_.emplace_back([this, &serving = *reactor] {
      serving.run();
      --reactors_running_;
    });
  }
  state_ = State::ready;
}

void Instance::run_until_signal() {
  const sigset_t set = signals();
  int signal = 0;
  sigwait(&set, &signal);
  base::log(base::LogLevel::info, "draining",
            {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}, {"streams", counts_.streams.load()}});
  drain();
}

void Instance::drain() {
  state_ = State::draining;
  post_to_all(net::Command::drain);
  const sigset_t set = signals();
  const timespec look = timespec_of(k_drain_look);
  const base::SteadyTime until = clock_.steady() + config_.shutdown_grace;
  while (reactors_running_ > 0 && clock_.steady() < until) {
    if (sigtimedwait(&set, nullptr, &look) > 0) break;  // told twice
  }
  if (reactors_running_ > 0) {
    base::log(base::LogLevel::warn, "closing what is left", {{"streams", counts_.streams.load()}});
    post_to_all(net::Command::stop);
  }
}

void Instance::post_to_all(net::Command command) {
  for (const auto& reactor : reactors_) reactor->mailbox().post(command);
}

Instance::~Instance() {
  post_to_all(net::Command::stop);
  for (std::thread& thread : threads_) thread.join();
  store_.stop();
  admin_.reset();
}

}  // namespace rt::server
