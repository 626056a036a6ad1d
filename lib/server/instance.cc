// SPDX-License-Identifier: MIT
#include "server/instance.h"

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <iterator>

#include "base/log.h"
#include "base/text.h"
#include "server/descriptors.h"
#include "server/metrics.h"

namespace rt::server {

namespace {

// Descriptors that are not streams: listeners, eventfds, admin callers, publishers, files.
constexpr std::uint64_t k_descriptors_kept = 256;
// How often a server with a memory limit sees to it that it recovers.
constexpr std::chrono::milliseconds k_memory_look{500};
// How often a drain looks whether all shards are done.
constexpr std::chrono::milliseconds k_drain_look{20};

// On average, between the ends of two streams in a drain.
constexpr std::chrono::milliseconds k_between_ends{1};

net::ReactorLimits reactor_limits(const Config& config) {
  net::ReactorLimits limits;
  limits.shard.window.events_max = config.retain_events;
  limits.heartbeat = config.heartbeat;
  limits.request_timeout = config.request_timeout;
  limits.retain_for = config.retain_for;
  return limits;
}

// Most of the grace is for the ends of the streams, when there are many; the rest, before and behind, is for
// requests in flight and for those who read slowly.
net::Drain drain_plan(std::chrono::milliseconds grace, std::uint64_t streams) {
  return {grace / 40, std::min(grace * 3 / 4, static_cast<std::int64_t>(streams) * k_between_ends)};
}

double seconds_of(std::chrono::milliseconds duration) {
  return static_cast<double>(duration.count()) / 1000;
}

timespec timespec_of(std::chrono::milliseconds duration) {
  return {duration.count() / 1000, (duration.count() % 1000) * 1'000'000};
}

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

// What only the start can set.
std::vector<std::string_view> unchangeable(const Config& old, const Config& now) {
  std::vector<std::string_view> names;
  const auto note = [&names](bool changed, std::string_view name) {
    if (changed) names.push_back(name);
  };
  note(old.listen != now.listen, "listen");
  note(old.admin_listen != now.admin_listen, "admin-listen");
  note(old.threads != now.threads, "threads");
  note(old.jwks_url != now.jwks_url, "jwks-url");
  note(old.jwks_refresh != now.jwks_refresh, "jwks-refresh");
  note(old.store != now.store, "store");
  note(old.retain_events != now.retain_events, "retain-events");
  note(old.retain_for != now.retain_for, "retain-for");
  note(old.heartbeat != now.heartbeat, "heartbeat");
  note(old.request_timeout != now.request_timeout, "request-timeout");
  return names;
}

base::Result<void> share(const net::SharedListener& shared,
                         std::vector<std::vector<net::Descriptor>>& of_shards) {
  for (auto& of_shard : of_shards) {
    auto listener = net::duplicate(shared);
    if (!listener) return std::unexpected(listener.error());
    of_shard.push_back(*std::move(listener));
  }
  return {};
}

}  // namespace

sigset_t Instance::signals() {
  return set_of({SIGTERM, SIGINT, SIGHUP});
}

base::Result<std::unique_ptr<Instance>> Instance::open(Config config, InstanceSources sources,
                                                       const base::Clock& clock) {
  auto store = store::open_engine(config.store, {config.retain_events, config.retain_for}, clock);
  if (!store) return std::unexpected(store.error());
  std::unique_ptr<Instance> instance(
      new Instance(std::move(config), std::move(sources), clock, *std::move(store)));
  if (auto taken = instance->take_over(*instance->opened_); !taken) return std::unexpected(taken.error());
  if (auto listening = instance->listen(); !listening) return std::unexpected(listening.error());
  if (auto opened = instance->open_admin(); !opened) return std::unexpected(opened.error());
  return instance;
}

Instance::Instance(Config config, InstanceSources sources, const base::Clock& clock, store::Opened opened)
    : opened_(std::make_unique<const Config>(std::move(config))),
      sources_(std::move(sources)),
      clock_(clock),
      overview_{sources_.version, clock.steady(), clock.wall(), {}},
      addresses_(opened_->listen),
      store_(std::make_unique<store::Store>(std::move(opened.engine))),
      held_(std::make_shared<const store::Recollection>(std::move(opened.held))) {
  if (opened_->jwks_url.empty()) return;
  key_source_ =
      std::make_unique<KeySource>(opened_->jwks_url, opened_->jwks_refresh, sources_.fetch, fetched_, clock_);
}

base::Result<void> Instance::listen() {
  std::vector<std::vector<net::Descriptor>> listeners(opened_->threads);
  for (net::ListenAddress& address : addresses_) {
    if (net::is_inherited(address)) continue;
    if (net::is_unix(address)) {
      auto opened = net::listen_on_file(address);
      if (!opened) return std::unexpected(opened.error());
      socket_files_.push_back(std::move(opened->file));
      if (auto given = share(opened->shared, listeners); !given) return given;
      continue;
    }
    if (auto free = net::check_free(address); !free) return std::unexpected(free.error());
    for (auto& of_shard : listeners) {
      auto listener = net::listen_on(address);
      if (!listener) return std::unexpected(listener.error());
      of_shard.push_back(*std::move(listener));
    }
  }
  if (auto inherited = listen_on_inherited(listeners); !inherited) return inherited;
  for (std::uint32_t shard = 0; shard < opened_->threads; ++shard) {
    reactors_.push_back(std::make_unique<net::Reactor>(shard, reactor_limits(*opened_),
                                                       std::move(listeners[shard]), serving(),
                                                       store_.mailbox(), held_->origin, clock_));
    reactors_.back()->mailbox().post(held_);
    overview_.reactors.push_back(&reactors_.back()->counts());
  }
  held_.reset();
  return {};
}

// The addresses of those sockets take the place of the word for them.
base::Result<void> Instance::listen_on_inherited(std::vector<std::vector<net::Descriptor>>& of_shards) {
  if (std::erase_if(addresses_, net::is_inherited) == 0) return {};
  auto inherited = net::take_inherited();
  if (!inherited) return std::unexpected(inherited.error());
  for (const net::SharedListener& one : *inherited) {
    if (auto given = share(one, of_shards); !given) return given;
    addresses_.push_back(one.address);
  }
  return {};
}

base::Result<void> Instance::open_admin() {
  auto admin = Admin::open(opened_->admin_listen,
                           {[this] { return metrics(); }, [this] { return readiness(); },
                            [this](const StreamsQuery& query) { return streams_page_.show(query); }});
  if (!admin) return std::unexpected(admin.error());
  admin_ = *std::move(admin);
  return {};
}

Readiness Instance::readiness() const {
  const State state = state_;
  if (state == State::starting) return {false, "starting"};
  if (state == State::draining) return {false, "draining"};
  if (!has_keys_) return {false, "no key could be fetched yet"};
  if (const char* trouble = store_.store().trouble())
    return {false, std::string("the store cannot take events: ") + trouble};
  if (admission_.memory().is_short()) return {false, "more memory is used than --max-memory allows"};
  const bool stale = key_source_ && !key_source_->status().successful;
  return {true, stale ? "the keys could not be fetched; the old ones are used" : ""};
}

std::string Instance::metrics() const {
  MetricsSources sources{.counts = counts_,
                         .overview = overview_,
                         .ready = readiness().ready,
                         .reload_successful = reload_successful_,
                         .reloaded_at = reloaded_at_,
                         .keys = {},
                         .store = store_.store()};
  if (key_source_) sources.keys = key_source_->status();
  return metrics_text(sources);
}

// --- what it serves with

base::Result<void> Instance::take_over(Config config) {
  // Clients that were told https would send their tokens in the clear.
  if (config.tls.has_value() != opened_->tls.has_value())
    return base::fail(base::ErrorKind::configuration, "TLS is turned on or off by a restart only");
  std::shared_ptr<const net::TlsServer> tls;
  if (config.tls) {
    auto loaded = net::TlsServer::load(*config.tls, tls_.get());
    if (!loaded) return std::unexpected(loaded.error());
    tls = *std::move(loaded);
  }
  const std::uint64_t descriptors = raise_descriptor_limit();
  config.limits.clients =
      config.clients_max.value_or(descriptors > k_descriptors_kept ? descriptors - k_descriptors_kept : 1);
  const std::uint64_t clients = config.limits.clients;
  make_room_for_descriptors(clients == 0 ? descriptors : std::min(descriptors, clients + k_descriptors_kept));
  tls_ = std::move(tls);
  config_ = std::make_shared<const Config>(std::move(config));
  renew_rules();
  reloaded_at_ = std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch().count();
  return {};
}

void Instance::renew_rules() {
  auth::Rules rules = config_->rules;
  std::ranges::copy(fetched_keys_, std::back_inserter(rules.keys));
  has_keys_ = !rules.keys.empty();
  rules_ = std::make_shared<const auth::Rules>(std::move(rules));
}

net::Serving Instance::serving() {
  auto api = std::make_shared<Api>(Context{config_, counts_, admission_, clock_, store_.store(), overview_},
                                   rules_, [this] {
                                     if (key_source_) key_source_->on_unknown_key();
                                   });
  return {std::move(api), tls_};
}

void Instance::post_serving() {
  for (const auto& reactor : reactors_) reactor->mailbox().post(serving());
}

void Instance::take_fetched_keys() {
  auto sets = fetched_.take();
  if (sets.empty()) return;
  fetched_keys_ = std::move(sets.back());
  renew_rules();
  post_serving();
}

void Instance::reload() {
  supervisor_.reloading();
  auto config = sources_.reload();
  if (config) {
    const auto kept = unchangeable(*opened_, *config);
    for (const std::string_view name : kept)
      base::log(base::LogLevel::warn, "needs a restart to change", {{"option", name}});
    if (auto taken = take_over(*std::move(config)); !taken) config = std::unexpected(taken.error());
  }
  reload_successful_ = config.has_value();
  if (!config) {
    supervisor_.ready();
    base::log(base::LogLevel::error, "the old configuration stays",
              {{"why", config.error().what}, {"hint", config.error().hint}});
    return;
  }
  post_serving();
  supervisor_.ready();
  base::set_log_level(config_->log_level);
  base::log(base::LogLevel::info, "configuration reloaded", {{"keys", rules_->keys.size()}});
}

// --- its life

void Instance::start() {
  std::vector<net::Mailbox<net::ShardMail>*> mailboxes;
  for (const auto& reactor : reactors_) mailboxes.push_back(&reactor->mailbox());
  store_.start(std::move(mailboxes), [this] { return census_of(counts_); });
  reactors_running_ = reactors_.size();
  for (const auto& reactor : reactors_) {
    threads_.emplace_back([this, &serving = *reactor] {
      serving.run();
      --reactors_running_;
    });
  }
  state_ = State::ready;
  supervisor_.ready();
}

// Until the next look at what nobody calls for; -1: there is nothing of that kind.
int Instance::wait_ms() const {
  std::chrono::milliseconds wait = supervisor_.alive_every();
  if (config_->limits.memory_bytes != 0)
    wait = wait.count() == 0 ? k_memory_look : std::min(wait, k_memory_look);
  return wait.count() == 0 ? -1 : static_cast<int>(wait.count());
}

// Not while a loop hangs, so that the server is started anew; what a drain takes is bounded by itself.
void Instance::tell_alive() {
  if (!supervisor_.alive_is_due(clock_.steady())) return;
  std::vector<std::uint64_t> ticks;
  for (const auto& reactor : reactors_) ticks.push_back(reactor->counts().ticks);
  for (std::size_t at = 0; at < ticks_.size(); ++at)
    if (state_ == State::ready && ticks[at] == ticks_[at]) return;
  ticks_ = std::move(ticks);
  supervisor_.alive(clock_.steady());
}

void Instance::run_until_signal() {
  const sigset_t set = signals();
  const net::Descriptor told(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  while (true) {
    pollfd waiting[] = {{told.get(), POLLIN, 0}, {fetched_.descriptor(), POLLIN, 0}};
    ::poll(waiting, std::size(waiting), wait_ms());
    tell_alive();
    take_fetched_keys();
    if (admission_.memory().relieve(config_->limits.memory_bytes, clock_.steady()))
      post_to_all(net::Command::halve);
    signalfd_siginfo signal{};
    if (::read(told.get(), &signal, sizeof signal) != sizeof signal) continue;
    if (signal.ssi_signo == SIGHUP) {
      reload();
      continue;
    }
    const std::uint64_t streams = counts_.streams;
    const net::Drain plan = drain_plan(config_->shutdown_grace, streams);
    base::log(base::LogLevel::info, "draining",
              {{"signal", signal.ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT"},
               {"streams", streams},
               {"seconds", seconds_of(plan.last_requests + plan.spread)}});
    return drain(plan);
  }
}

void Instance::drain(const net::Drain& plan) {
  state_ = State::draining;
  supervisor_.stopping();
  const base::SteadyTime until = clock_.steady() + config_->shutdown_grace * 19 / 20;
  for (const auto& reactor : reactors_) reactor->mailbox().post(plan);
  const sigset_t set = set_of({SIGTERM, SIGINT});
  const timespec look = timespec_of(k_drain_look);
  while (reactors_running_ > 0 && clock_.steady() < until) {
    if (sigtimedwait(&set, nullptr, &look) > 0) break;  // told twice
    tell_alive();
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
  key_source_.reset();
}

}  // namespace rt::server
