// SPDX-License-Identifier: MIT
#include "net/reactor.h"

#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <deque>

#include "base/log.h"
#include "net/loop_context.h"

namespace rt::net {

namespace {

using ReadyDescriptor = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

constexpr int k_ready_per_turn_max =
    1024;  // what is handled before the turn ends and everybody is written to
constexpr std::chrono::milliseconds k_turn_max{2};
constexpr int k_due_per_turn_max = 128;
constexpr int k_accepts_per_event_max = 64;  // before others have their turn
constexpr int k_backlog_max = 4096;

// How many heartbeat intervals a peer may keep its window closed: it costs one block of memory, not more.
constexpr int k_stalled_heartbeats_max = 8;

void store_relaxed(std::atomic<std::uint64_t>& to, std::uint64_t value) {
  to.store(value, std::memory_order_relaxed);
}

}  // namespace

const std::string& LoopContext::date() {
  const auto second = std::chrono::floor<std::chrono::seconds>(clock.wall()).time_since_epoch().count();
  if (second != date_second_) {
    date_second_ = second;
    const std::time_t time = second;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char text[40];
    date_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
  }
  return date_;
}

struct Reactor::Loop {
  Loop(Reactor& owner, std::uint32_t index, const ReactorLimits& reactor_limits,
       std::vector<Descriptor> listeners, Serving serving, StoreMailbox& store_mailbox, sse::EventId origin,
       const base::Clock& clock)
      : reactor(owner),
        limits(reactor_limits),
        store(store_mailbox),
        context(1),
        shard(reactor_limits.shard, origin),
        wheel(clock.steady()),
        shared(index, limits, std::move(serving), clock, owner.counts_, context, shard, wheel),
        mail(context.get_executor(), ::dup(owner.mailbox_.descriptor())),
        tick(context) {
    for (Descriptor& listener : listeners) {
      set_connection_options(listener.get(), k_stalled_heartbeats_max * limits.heartbeat);
      acceptors.emplace_back(context.get_executor(), listener.release());
    }
  }

  void run() {
    shard.set_time(shared.now());  // what the store held comes now, by the first mail
    await_mail();
    await_tick();
    for (std::size_t at = 0; at < acceptors.size(); ++at) await_connection(at);
    while (!stopped && !(shared.draining && shared.connections.empty())) {
      if (!shard.has_work() && due.empty()) context.run_one();
      shared.turn_time = shared.now();
      shard.set_time(shared.turn_time);
      for (int handled = 0; handled < k_ready_per_turn_max && shared.now() - shared.turn_time < k_turn_max &&
                            context.poll_one() > 0;
           ++handled) {
      }
      see_to_due();
      end_turn();
    }
    shared.connections.for_each([](Connection& connection) { connection.close(CloseReason::draining); });
    end_turn();
  }

  void await_mail() {
    mail.async_wait(ReadyDescriptor::wait_read, [this](const boost::system::error_code& error) {
      if (error) return;
      take_mail();
      await_mail();
    });
  }

  void take_mail() {
    for (ShardMail& item : reactor.mailbox_.take()) {
      if (const auto* arrival = std::get_if<std::shared_ptr<const store::Arrival>>(&item)) {
        if ((*arrival)->cut) shard.cut(*(*arrival)->cut);
        shard.apply((*arrival)->batch);
      } else if (const auto* held = std::get_if<std::shared_ptr<const store::Recollection>>(&item)) {
        shard.recall(**held);
      } else if (const auto* answers = std::get_if<std::vector<store::Answer>>(&item)) {
        for (const store::Answer& answer : *answers) {
          if (Connection* connection = shared.find(answer.to.connection))
            connection->on_answer(answer.receipt);
        }
      } else if (auto* serving = std::get_if<Serving>(&item)) {
        shared.serving = std::move(*serving);
      } else if (const auto* plan = std::get_if<Drain>(&item)) {
        drain(*plan);
      } else {
        obey(std::get<Command>(item));
      }
    }
  }

  void obey(Command command) {
    switch (command) {
      case Command::halve:
        return shard.halve();
      case Command::stop:
        stopped = true;
    }
  }

  void drain(const Drain& plan) {
    if (shared.draining) return;
    const base::SteadyTime from = shared.turn_time + plan.last_requests;
    shared.draining = {from, from + plan.spread};
    // Who waits to be accepted has connected, and may have sent a request: closing would reset it.
    for (std::size_t at = 0; at < acceptors.size(); ++at) accept_some(at, k_backlog_max);
    acceptors.clear();
    shared.connections.for_each([](Connection& connection) { connection.drain(); });
  }

  void await_tick() {
    tick.expires_after(Wheel::k_tick);
    tick.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      on_tick();
      await_tick();
    });
  }

  void on_tick() {
    const auto now_due = wheel.advance(shared.now());
    due.insert(due.end(), now_due.begin(), now_due.end());
    if (limits.retain_for.count() > 0) {
      const std::int64_t oldest = (shared.clock.wall().time_since_epoch() - limits.retain_for).count();
      if (oldest > 0) shard.expire(static_cast<std::uint64_t>(oldest));
    }
    for (const std::size_t at : std::exchange(paused_acceptors, {})) await_connection(at);
    shard.wake_due();
    publish_counts();
  }

  // Thousands may be due at once; the others' turn comes in between.
  void see_to_due() {
    for (int seen = 0; seen < k_due_per_turn_max && !due.empty(); ++seen) {
      if (Connection* connection = shared.find(due.front())) connection->on_due();
      due.pop_front();
    }
  }

  void await_connection(std::size_t at) {
    if (at >= acceptors.size()) return;  // draining
    acceptors[at].async_wait(ReadyDescriptor::wait_read, [this, at](const boost::system::error_code& error) {
      if (!error) accept_all(at);
    });
  }

  void accept_all(std::size_t at) {
    if (at >= acceptors.size()) return;
    if (accept_some(at, k_accepts_per_event_max)) return await_connection(at);
    paused_acceptors.push_back(at);
  }

  // False when none can be accepted for now.
  bool accept_some(std::size_t at, int count_max) {
    for (int count = 0; count < count_max; ++count) {
      Accepted accepted = accept_from(acceptors[at].native_handle());
      if (accepted.fd >= 0) {
        accept_failing = false;
        welcome(std::move(accepted));
        continue;
      }
      if (errno == EAGAIN) return true;
      if (errno == EINTR || errno == ECONNABORTED) continue;
      // Out of descriptors or memory: try again at the next tick instead of spinning.
      ++accept_errors;
      if (!std::exchange(accept_failing, true)) {
        base::log(base::LogLevel::error, "cannot accept connections", {{"error", std::strerror(errno)}});
      }
      store_relaxed(reactor.counts_.accept_errors, accept_errors);
      return false;
    }
    return true;
  }

  void welcome(Accepted accepted) {
    const auto make = [&](std::uint64_t id) {
      return std::make_unique<Connection>(shared, id, accepted.fd, Peer(std::move(accepted.peer_ip)));
    };
    shared.connections.add(make).start();
  }

  void end_turn() {
    // What has been acknowledged by now is delivered before a stream ends, and counted where one begins.
    if (!shared.openings.empty() || !shared.ending.empty()) take_mail();
    open_streams();
    // The audience is told of new streams before their first bytes are written (store/audience.h).
    store.post_all(shared.asked);
    if (shard.has_work()) shard.flush();
    for (const std::uint64_t id : std::exchange(shared.ending, {})) {
      if (Connection* connection = shared.find(id)) connection->close_if_ended();
    }
    // Closing tells the store, so this may ask again; a closed connection is not doomed twice in vain.
    for (std::size_t at = 0; at < shared.doomed.size(); ++at) {
      const std::uint64_t id = shared.doomed[at];
      if (Connection* connection = shared.find(id)) {
        connection->close(CloseReason::peer_dead);
        shared.connections.erase(id);
      }
    }
    shared.doomed.clear();
    store.post_all(shared.asked);
  }

  void open_streams() {
    for (const std::uint64_t id : std::exchange(shared.openings, {})) {
      if (Connection* connection = shared.find(id)) connection->open_pending();
    }
  }

  void publish_counts() {
    ReactorCounts& counts = reactor.counts_;
    counts.ticks.fetch_add(1, std::memory_order_relaxed);
    store_relaxed(counts.connections_accepted, shared.connections.added());
    store_relaxed(counts.connections_open, shared.connections.size());
    store_relaxed(counts.deliveries, shard.counts().deliveries);
    store_relaxed(counts.gaps, shard.counts().gaps);
    store_relaxed(counts.bytes_sent, shared.bytes_sent);
    store_relaxed(counts.window_events, shard.window().end() - shard.window().begin());
    store_relaxed(counts.topics, shard.topic_count());
  }

  Reactor& reactor;
  ReactorLimits limits;
  StoreMailbox& store;
  boost::asio::io_context context;
  hub::Shard shard;
  Wheel wheel;
  LoopContext shared;
  ReadyDescriptor mail;
  boost::asio::steady_timer tick;
  std::vector<ReadyDescriptor> acceptors;
  std::vector<std::size_t> paused_acceptors;
  std::deque<std::uint64_t> due;
  std::uint64_t accept_errors = 0;
  bool accept_failing = false;  // said in the log once, until it works again
  bool stopped = false;
};

Reactor::Reactor(std::uint32_t index, const ReactorLimits& limits, std::vector<Descriptor> listeners,
                 Serving serving, StoreMailbox& store, sse::EventId origin, const base::Clock& clock)
    : loop_(std::make_unique<Loop>(*this, index, limits, std::move(listeners), std::move(serving), store,
                                   origin, clock)) {}

Reactor::~Reactor() = default;

void Reactor::run() {
  loop_->run();
}

}  // namespace rt::net
