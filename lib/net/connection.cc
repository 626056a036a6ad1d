// SPDX-License-Identifier: MIT
#include "net/connection.h"

#include <sys/socket.h>

#include <cerrno>

#include "net/loop_context.h"
#include "net/stream.h"

namespace rt::net {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_idle_max{75'000};  // between requests
constexpr milliseconds k_linger_max{2'000};
// How long a last event id may lie ahead of this shard before it counts as one of the future: another shard
// may have delivered an event that is still on its way to this one.
constexpr milliseconds k_shard_lag_max{250};
// Bodies of requests that were turned away by their head are read and dropped up to here, so that the
// connection can go on; above it the connection is closed.
constexpr std::size_t k_dropped_body_bytes_max = 64 * 1024;

}  // namespace

// What a connection holds while it reads and answers requests.
struct Connection::Work {
  http::RequestParser parser;
  std::unique_ptr<Exchange> exchange;
  std::optional<http::Response> rejection;  // decided by the head; sent once the body was dropped
  std::function<http::Response(const base::Result<store::Receipt>&)> answer;
  std::optional<OpenStream> opening;
  base::SteadyTime opening_until;
  std::string input;   // pipelined bytes that came before the answer was out
  std::string output;  // of an answer that did not fit into the socket
  std::size_t output_sent = 0;
  http::Method method = http::Method::get;
  int minor_version = 1;
};

Connection::Connection(LoopContext& loop, std::uint64_t id, int fd)
    : loop_(loop), id_(id), socket_(loop.context.get_executor(), fd), work_(std::make_unique<Work>()) {}

Connection::~Connection() = default;

void Connection::start() {
  set_deadline(loop_.limits.request_timeout);
  await_readable();
}

// --- readiness. Handlers find the connection by its id, for it may be gone by the time they run.

void Connection::await_readable() {
  socket_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                     [&loop = loop_, id = id_](const boost::system::error_code& error) {
                       if (error) return;
                       if (Connection* connection = loop.find(id)) connection->on_readable();
                     });
}

void Connection::await_writable() {
  socket_.async_wait(boost::asio::posix::descriptor_base::wait_write,
                     [&loop = loop_, id = id_](const boost::system::error_code& error) {
                       if (error) return;
                       if (Connection* connection = loop.find(id)) connection->on_writable();
                     });
}

void Connection::on_readable() {
  if (phase_ == Phase::closed) return;
  const ssize_t got = ::recv(socket_.native_handle(), loop_.input.data(), loop_.input.size(), MSG_DONTWAIT);
  if (got < 0) {
    if (errno == EAGAIN || errno == EINTR) return await_readable();
    return close(CloseReason::peer_dead);
  }
  if (got == 0) return on_end_of_input();
  if (phase_ == Phase::reading) return take_input({loop_.input.data(), static_cast<std::size_t>(got)});
  // A stream takes no further request, and nor does a connection that is about to close.
  await_readable();
}

void Connection::on_writable() {
  if (phase_ == Phase::closed) return;
  if (stream_) {
    loop_.shard.on_writable(stream_->subscriber);
    return close_if_ended();
  }
  send_output();
}

// The peer has said all it will say. An answer that it waits for is still sent.
void Connection::on_end_of_input() {
  input_ended_ = true;
  if (phase_ == Phase::waiting) {
    last_request_ = true;
    return;
  }
  close(CloseReason::client_left);
}

// --- requests

void Connection::take_input(std::string_view bytes) {
  while (phase_ == Phase::reading) {
    const bool was_idle = work_->parser.idle();
    const http::Progress progress = work_->parser.feed(bytes);
    if (was_idle && !work_->parser.idle()) set_deadline(loop_.limits.request_timeout);
    switch (progress) {
      case http::Progress::need_more:
        return await_readable();
      case http::Progress::head:
        on_head();
        break;
      case http::Progress::complete:
        on_complete();
        break;
      case http::Progress::refused:
        on_refusal();
        break;
    }
  }
  if (phase_ == Phase::waiting) work_->input = bytes;
}

void Connection::on_head() {
  const http::Request& request = work_->parser.request();
  work_->method = request.method;
  work_->minor_version = request.minor_version;
  if (!request.keep_alive || loop_.draining) last_request_ = true;
  loop_.counts.requests.fetch_add(1, std::memory_order_relaxed);
  auto begun = loop_.service.begin(request, Peer(socket_.native_handle()));
  std::size_t body_bytes_max = k_dropped_body_bytes_max;
  if (auto* rejection = std::get_if<http::Response>(&begun)) {
    if (request.expects_continue) {
      // The client waits for leave to send its body, which it does not get.
      last_request_ = true;
      return respond(*rejection);
    }
    work_->rejection = std::move(*rejection);
  } else {
    work_->exchange = std::move(std::get<std::unique_ptr<Exchange>>(begun));
    body_bytes_max = work_->exchange->body_bytes_max();
  }
  if (work_->parser.set_body_limit(body_bytes_max) == http::Progress::refused) return on_refusal();
  if (request.expects_continue) {
    constexpr std::string_view k_continue = "HTTP/1.1 100 Continue\r\n\r\n";
    ::send(socket_.native_handle(), k_continue.data(), k_continue.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
}

void Connection::on_complete() {
  if (work_->rejection) return respond(*std::exchange(work_->rejection, std::nullopt));
  Outcome outcome = work_->exchange->finish(work_->parser.request());
  work_->exchange.reset();
  if (auto* response = std::get_if<http::Response>(&outcome)) return respond(*response);
  if (auto* stream = std::get_if<OpenStream>(&outcome)) return open_stream(std::move(*stream));
  AskStore& ask = std::get<AskStore>(outcome);
  work_->answer = std::move(ask.answer);
  phase_ = Phase::waiting;
  loop_.asked.emplace_back(
      store::Publish{{loop_.index, id_}, std::move(ask.events), std::move(ask.idempotency_key)});
}

void Connection::on_refusal() {
  last_request_ = true;
  if (work_->rejection) return respond(*std::exchange(work_->rejection, std::nullopt));
  const http::Refusal& refusal = work_->parser.refusal();
  respond(http::problem(refusal.status, refusal.detail));
}

void Connection::on_answer(const base::Result<store::Receipt>& receipt) {
  if (phase_ != Phase::waiting || !work_->answer) return;
  respond(std::exchange(work_->answer, nullptr)(receipt));
  if (phase_ != Phase::reading) return;
  const std::string input = std::exchange(work_->input, {});
  take_input(input);
}

void Connection::respond(const http::Response& response) {
  http::append_response(work_->output, response, work_->method, work_->minor_version,
                        last_request_ ? http::Persistence::close : http::Persistence::keep_alive,
                        loop_.date());
  start_sending();
}

void Connection::start_sending() {
  phase_ = Phase::waiting;
  const ssize_t sent = ::send(socket_.native_handle(), work_->output.data(), work_->output.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return close(CloseReason::peer_dead);
  work_->output_sent = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  if (work_->output_sent == work_->output.size()) return after_answer();
  set_deadline(loop_.limits.request_timeout);
  await_writable();
}

// Goes on with an answer that did not fit at once.
void Connection::send_output() {
  const std::string_view rest = std::string_view(work_->output).substr(work_->output_sent);
  const ssize_t sent = ::send(socket_.native_handle(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return close(CloseReason::peer_dead);
  if (sent > 0) work_->output_sent += static_cast<std::size_t>(sent);
  if (work_->output_sent < work_->output.size()) return await_writable();
  after_answer();
  if (phase_ != Phase::reading) return;
  const std::string input = std::exchange(work_->input, {});
  take_input(input);
}

void Connection::after_answer() {
  work_->output.clear();
  work_->output_sent = 0;
  if (last_request_ || loop_.draining) return linger();
  work_->parser.next();
  work_->method = http::Method::get;
  work_->minor_version = 1;
  phase_ = Phase::reading;
  set_deadline(k_idle_max);
}

void Connection::linger() {
  if (input_ended_) return close(CloseReason::client_left);
  phase_ = Phase::lingering;
  ::shutdown(socket_.native_handle(), SHUT_WR);
  set_deadline(k_linger_max);
  await_readable();
}

// --- streams

std::string Connection::stream_head(const OpenStream& opening) const {
  const bool chunked = work_->minor_version >= 1;
  std::string head = "HTTP/1.1 200 OK\r\nDate: " + loop_.date() +
                     "\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache, no-transform\r\n"
                     "X-Accel-Buffering: no\r\n";
  for (const auto& [name, value] : opening.fields) head += name + ": " + value + "\r\n";
  if (chunked) head += "Transfer-Encoding: chunked\r\n";
  if (!chunked || last_request_) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

void Connection::open_stream(OpenStream opening) {
  if (!opening.guest) {  // HEAD
    work_->output = stream_head(opening);
    return start_sending();
  }
  phase_ = Phase::waiting;
  work_->opening = std::move(opening);
  work_->opening_until = loop_.now() + k_shard_lag_max;
  loop_.openings.push_back(id_);
}

void Connection::open_pending() {
  if (phase_ != Phase::waiting || !work_->opening) return;
  const base::SteadyTime now = loop_.now();
  const auto& last_event_id = work_->opening->last_event_id;
  if (last_event_id && loop_.shard.lies_ahead(*last_event_id) && now < work_->opening_until) {
    loop_.openings.push_back(id_);
    return;
  }
  OpenStream opening = *std::move(work_->opening);
  const std::string head = stream_head(opening);
  const hub::Framing framing = work_->minor_version >= 1 ? hub::Framing::chunked : hub::Framing::plain;
  stream_ = std::make_unique<Stream>(*this, framing, std::move(opening.guest), now);
  if (opening.closes_at) stream_->closes_at = now + (*opening.closes_at - loop_.clock.wall());
  work_.reset();
  phase_ = Phase::streaming;

  hub::Opening details;
  details.head = head;
  if (opening.last_event_id) details.last_event_id = *opening.last_event_id;
  details.snapshot = opening.snapshot;
  details.naming = opening.naming;
  details.heartbeat = loop_.limits.heartbeat;
  details.retry = jittered_retry(loop_.random);
  const hub::Verdict verdict = loop_.shard.open(stream_->subscriber, opening.subscription, details);
  loop_.asked.emplace_back(store::AudienceChange{store::Presence::joined, opening.subscription.kinds(),
                                                 opening.subscription.topics()});
  stream_->guest->on_opened(verdict);
  remind(stream_->next_due(*this, now));
  await_readable();
}

base::SteadyTime Connection::heartbeat_due() const {
  // A little early and each at its own time, so that streams opened together do not beat together.
  const milliseconds interval = loop_.limits.heartbeat;
  const auto early = static_cast<std::int64_t>(id_ * 37 % 100) * interval / 1000;
  return stream_->last_write + interval - early;
}

void Connection::on_stream_due(base::SteadyTime now) {
  // Looked at once per heartbeat interval, and sent to at least as often: after two a vanished peer is known.
  if (is_unheard(socket_.native_handle(), loop_.limits.heartbeat * 3 / 4))
    return close(CloseReason::peer_dead);
  if (stream_->ended_for) {
    // Its last bytes had no room for a whole heartbeat: the peer does not read.
    return close(*stream_->ended_for);
  }
  if (stream_->closes_at && now >= *stream_->closes_at) return end_stream(CloseReason::token_expired);
  if (stream_->closes_at && !stream_->warned && now >= *stream_->closes_at - k_expiry_warning) {
    stream_->warned = true;
    loop_.shard.say(
        stream_->subscriber,
        hub::token_expiring_message(std::chrono::ceil<std::chrono::seconds>(*stream_->closes_at - now)));
  }
  if (now >= heartbeat_due()) {
    loop_.shard.heartbeat(stream_->subscriber);
    // What is not written now is counted from here, or a blocked stream would be looked at each tick.
    stream_->last_write = now;
  }
  remind(stream_->next_due(*this, now));
}

void Connection::end_stream(CloseReason reason) {
  if (stream_->ended_for) return;
  stream_->ended_for = reason;
  loop_.shard.end(stream_->subscriber, hub::end_message(jittered_retry(loop_.random)));
  loop_.ending.push_back(id_);
  remind(loop_.now() + loop_.limits.heartbeat);
}

void Connection::close_if_ended() {
  if (!stream_ || !stream_->subscriber.ended()) return;
  // The last chunk is out; a FIN behind it, and no reset for what the client may still send.
  ::shutdown(socket_.native_handle(), SHUT_WR);
  close(stream_->ended_for.value_or(CloseReason::draining));
}

std::optional<std::size_t> Connection::write(std::string_view bytes) {
  const ssize_t sent =
      ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    loop_.doomed.push_back(id_);
    return std::nullopt;
  }
  const std::size_t written = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  stream_->bytes += written;
  stream_->last_write = loop_.turn_time;
  loop_.bytes_sent += written;
  if (written < bytes.size()) await_writable();
  return written;
}

// --- time and the end

void Connection::set_deadline(milliseconds from_now) {
  deadline_ = loop_.turn_time + from_now;
  remind(deadline_);
}

// A busy connection sets a deadline with each request: as long as an earlier reminder is on the wheel, that
// one will see to it.
void Connection::remind(base::SteadyTime due) {
  if (due >= reminder_) return;
  reminder_ = std::min(due, loop_.turn_time + Wheel::k_horizon);
  loop_.wheel.schedule(id_, reminder_);
}

void Connection::on_due() {
  if (phase_ == Phase::closed) return;
  const base::SteadyTime now = loop_.now();
  if (now < reminder_) return;  // an old one; a nearer one took its place and is still to come
  reminder_ = base::SteadyTime::max();
  if (stream_) return on_stream_due(now);
  const bool for_the_store = phase_ == Phase::waiting && work_->output.empty();
  if (now >= deadline_ && !for_the_store) return close(CloseReason::client_left);
  remind(std::max(deadline_, now + Wheel::k_tick));
}

void Connection::drain() {
  if (stream_) return end_stream(CloseReason::draining);
  last_request_ = true;
  if (phase_ == Phase::reading && work_->parser.idle()) close(CloseReason::draining);
}

void Connection::close(CloseReason reason) {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  if (stream_) {
    loop_.asked.emplace_back(loop_.shard.close(stream_->subscriber));
    stream_->guest->on_closed(reason, {loop_.now() - stream_->opened, stream_->bytes});
    stream_.reset();
  }
  boost::system::error_code ignored;
  socket_.close(ignored);
  loop_.doomed.push_back(id_);
}

}  // namespace rt::net
