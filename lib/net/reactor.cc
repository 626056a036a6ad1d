// SPDX-License-Identifier: MIT
#include "net/reactor.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <deque>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "net/loop_context.h"
#include "net/precedence.h"
#include "net/rate.h"
#include "net/surveyor.h"

namespace rt::net {

namespace {

using std::chrono::milliseconds;

// What the poller says for the mailbox; behind it the listeners. No connection's id comes up to here.
constexpr std::uint64_t k_mail_tag = std::uint64_t{1} << 63U;
constexpr milliseconds k_turn_max{2};  // before it is the turn of what has come so far to be written
constexpr int k_ready_per_look = 8;    // at the clock
constexpr int k_due_per_turn_max = 128;
constexpr int k_accepts_per_event_max = 64;  // before others have their turn
constexpr int k_backlog_max = 4096;

// Once a second: rates, and the lag of blocked streams, of which there may be thousands.
constexpr std::uint64_t k_ticks_per_look = 10;

// How many heartbeat intervals a peer may keep its window closed: it costs one block of memory, not more.
constexpr int k_stalled_heartbeats_max = 8;

void store_relaxed(std::atomic<std::uint64_t>& to, std::uint64_t value) {
  to.store(value, std::memory_order_relaxed);
}

}  // namespace

const std::string& LoopContext::date() {
  if (std::exchange(date_turn_, turn_time) == turn_time) return date_;
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
        shard(reactor_limits.shard, origin),
        wheel(clock.steady()),
        shared(index, limits, std::move(serving), clock, owner.counts_, poller, shard, wheel),
        acceptors(std::move(listeners)) {
    for (const Descriptor& acceptor : acceptors)
      set_connection_options(acceptor.get(), k_stalled_heartbeats_max * limits.heartbeat);
  }

  void run() {
    shard.set_time(shared.now());  // what the store held comes now, by the first mail
    next_tick = shared.now() + Wheel::k_tick;
    if (!poller.add_listener(reactor.mailbox_.descriptor(), k_mail_tag)) std::abort();
    for (std::size_t at = 0; at < acceptors.size(); ++at) await_connection(at);
    while (!stopped && !(shared.draining && shared.connections.empty())) {
      poller.wait(is_busy() ? milliseconds(0) : time_to_tick());
      shared.turn_time = shared.now();
      shard.set_time(shared.turn_time);
      read_on();
      if (!precedence.readers_first(shared.turn_time)) answer(std::exchange(held_answers, {}));
      see_to_ready();
      // What comes meanwhile goes to the store together: fewer turns of its thread, and bursts of answers
      // that wake a client's once. Not while somebody waits to be written to.
      while (!shard.has_work() && has_time_left() && poller.look()) see_to_ready();
      if (shared.turn_time >= next_tick) on_tick();
      see_to_due();
      end_turn();
      if (!surveyors.empty() && surveyors.front().go_on(shared)) surveyors.pop_front();
    }
    shared.connections.for_each([](Connection& connection) { connection.close(CloseReason::draining); });
    end_turn();
  }

  bool is_busy() const {
    return shard.has_work() || !held_answers.empty() || !due.empty() || !shared.unread.empty() ||
           !surveyors.empty();
  }

  milliseconds time_to_tick() const {
    return std::max(std::chrono::ceil<milliseconds>(next_tick - shared.now()), milliseconds(0));
  }

  void read_on() {
    for (const std::uint64_t id : std::exchange(shared.unread, {})) {
      if (Connection* connection = shared.find(id)) connection->on_readable();
    }
  }

  bool has_time_left() const { return shared.now() - shared.turn_time < k_turn_max; }

  void see_to_ready() {
    for (int seen = 1; const auto ready = poller.next(); ++seen) {
      if (ready->tag == k_mail_tag) {
        take_mail();
      } else if (ready->tag > k_mail_tag) {
        accept_all(ready->tag - k_mail_tag - 1);
      } else if (Connection* connection = shared.find(ready->tag)) {
        connection->on_ready(*ready);
      }
      if (seen % k_ready_per_look == 0 && !has_time_left()) return;
    }
  }

  void take_mail() {
    for (ShardMail& item : reactor.mailbox_.take()) {
      if (const auto* arrival = std::get_if<std::shared_ptr<const store::Arrival>>(&item)) {
        precedence.on_batch(shared.turn_time);
        if ((*arrival)->cut) shard.cut(*(*arrival)->cut);
        shard.apply((*arrival)->batch);
      } else if (const auto* held = std::get_if<std::shared_ptr<const store::Recollection>>(&item)) {
        shard.recall(**held);
      } else if (auto* answers = std::get_if<std::vector<store::Answer>>(&item)) {
        if (shard.has_work() && precedence.readers_first(shared.turn_time)) {
          std::ranges::move(*answers, std::back_inserter(held_answers));
        } else {
          answer(*answers);
        }
      } else if (auto* serving = std::get_if<Serving>(&item)) {
        shared.serving = std::move(*serving);
      } else if (const auto* plan = std::get_if<Drain>(&item)) {
        drain(*plan);
      } else if (const auto* survey = std::get_if<Survey>(&item)) {
        surveyors.emplace_back(*survey);
      } else {
        obey(std::get<Command>(item));
      }
    }
  }

  void answer(const std::vector<store::Answer>& answers) {
    for (const store::Answer& one : answers) {
      if (Connection* connection = shared.find(one.to.connection)) connection->on_answer(one.receipt);
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
    // A listener that is shared with other processes goes on, and would go on telling.
    for (const Descriptor& acceptor : acceptors) poller.remove(acceptor.get());
    acceptors.clear();
    shared.connections.for_each([](Connection& connection) { connection.drain(); });
  }

  void on_tick() {
    next_tick = shared.turn_time + Wheel::k_tick;
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
    if (at < acceptors.size() && !poller.add_listener(acceptors[at].get(), k_mail_tag + 1 + at))
      paused_acceptors.push_back(at);
  }

  void accept_all(std::size_t at) {
    if (at >= acceptors.size() || accept_some(at, k_accepts_per_event_max)) return;
    poller.remove(acceptors[at].get());
    paused_acceptors.push_back(at);
  }

  // False when none can be accepted for now.
  bool accept_some(std::size_t at, int count_max) {
    for (int count = 0; count < count_max; ++count) {
      Accepted accepted = accept_from(acceptors[at].get());
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
    if (!shard.has_work()) precedence.on_idle(shared.now());
    if (!shard.offered_ms().empty()) count_latencies();
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

  void count_latencies() {
    const std::int64_t now_ms = shared.clock.wall().time_since_epoch().count();
    for (const std::uint64_t id_ms : shard.offered_ms()) {
      // Another machine's clock may have made the id, or one that went back since.
      const std::int64_t took_ms = std::max(now_ms - static_cast<std::int64_t>(id_ms), std::int64_t{0});
      reactor.counts_.latency.add(std::chrono::milliseconds(took_ms));
    }
    shard.offered_ms().clear();
  }

  void publish_counts() {
    ReactorCounts& counts = reactor.counts_;
    store_relaxed(counts.ticks, ++ticks);
    store_relaxed(counts.connections_accepted, shared.connections.added());
    store_relaxed(counts.connections_open, shared.connections.size());
    store_relaxed(counts.deliveries, shard.counts().deliveries);
    store_relaxed(counts.slow_gaps, shard.counts().slow_gaps);
    store_relaxed(counts.cut_gaps, shard.counts().cut_gaps);
    store_relaxed(counts.streams_blocked, shard.blocked_count());
    if (ticks % k_ticks_per_look == 0) {
      const hub::Lag lag = shard.longest_lag();
      store_relaxed(counts.lag_events_max, lag.events);
      store_relaxed(counts.lag_ms_max, static_cast<std::uint64_t>((shared.turn_time - lag.since).count()));
      counts.events_per_second = events_rate.at(shard.window().end(), shared.now());
      counts.deliveries_per_second = deliveries_rate.at(shard.counts().deliveries, shared.now());
    }
    store_relaxed(counts.bytes_sent, shared.bytes_sent);
    store_relaxed(counts.window_events, shard.window().end() - shard.window().begin());
    store_relaxed(counts.topics, shard.topic_count());
  }

  Reactor& reactor;
  ReactorLimits limits;
  StoreMailbox& store;
  Poller poller;
  hub::Shard shard;
  Wheel wheel;
  LoopContext shared;
  std::vector<Descriptor> acceptors;
  std::vector<std::size_t> paused_acceptors;
  base::SteadyTime next_tick;
  Precedence precedence;
  std::vector<store::Answer> held_answers;  // until the readers have been written to
  std::deque<std::uint64_t> due;
  std::deque<Surveyor> surveyors;
  std::uint64_t ticks = 0;
  Rate events_rate;
  Rate deliveries_rate;
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
