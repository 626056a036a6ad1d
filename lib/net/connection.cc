// SPDX-License-Identifier: MIT
#include "net/connection.h"

#include "net/loop_context.h"
#include "net/stream.h"
#include "net/work.h"

namespace rt::net {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_idle_max{75'000};  // between requests
constexpr milliseconds k_linger_max{2'000};
// Bodies of requests that were turned away by their head are read and dropped up to here, so that the
// connection can go on; above it the connection is closed.
constexpr std::size_t k_dropped_body_bytes_max = 64 * 1024;

}  // namespace

Connection::Connection(LoopContext& loop, std::uint64_t id, int fd, Peer peer)
    : loop_(loop),
      id_(id),
      wire_(fd, loop.serving.tls.get()),
      work_(std::make_unique<Work>(std::move(peer))) {}

Connection::~Connection() = default;

void Connection::start() {
  set_deadline(loop_.limits.request_timeout);
  if (!loop_.poller.add_connection(wire_.descriptor(), id_)) close(CloseReason::peer_dead);
}

// --- readiness

void Connection::await_readable() {
  if (wire_.receive_awaits_room()) return watch_room();
  if (input_ready_) loop_.unread.push_back(id_);
}

void Connection::await_writable() {
  awaits_room_ = true;
  watch_room();
}

void Connection::watch_room() {
  if (std::exchange(watches_room_, true)) return;
  if (!loop_.poller.watch_room(wire_.descriptor(), id_)) loop_.doomed.push_back(id_);
}

void Connection::on_ready(const Poller::Ready& ready) {
  if (phase_ == Phase::closed) return;
  input_ready_ = input_ready_ || ready.input;
  input_final_ = input_final_ || ready.last_input;
  const bool may_receive = ready.input || (ready.room && wire_.receive_awaits_room());
  const bool may_send = ready.room || (ready.input && wire_.send_awaits_input());
  if (awaits_room_ && may_send) on_writable();
  if (may_receive) on_readable();
}

void Connection::on_readable() {
  if (phase_ == Phase::closed || phase_ == Phase::waiting) return;
  const Wire::Received received = wire_.receive(loop_.input);
  input_ready_ = !received.is_drained || input_final_;
  switch (received.input) {
    case Wire::Input::bytes:
      if (phase_ == Phase::reading) return take_input({loop_.input.data(), received.bytes});
      // A stream takes no further request, and nor does a connection that is about to close.
      return await_readable();
    case Wire::Input::nothing:
      return await_readable();
    case Wire::Input::end:
      return on_end_of_input();
    case Wire::Input::plain_http:
      return on_plain_http();
    case Wire::Input::broken:
      return close(CloseReason::peer_dead);
  }
}

void Connection::on_writable() {
  awaits_room_ = false;
  if (stream_) {
    loop_.shard.on_writable(stream_->subscriber);
    return close_if_ended();
  }
  if (phase_ == Phase::lingering) return finish_output();
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

// A browser that was given http:// for https:// shows this to its user.
void Connection::on_plain_http() {
  last_request_ = true;
  respond(http::problem(400, "this port speaks TLS; ask with https://"));
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
  auto begun = loop_.serving.service->begin(request, work_->peer);
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
    // No room for these few: the client leaves earlier answers unread, and half of them would garble the
    // next.
    if (wire_.send(k_continue) != k_continue.size()) close(CloseReason::client_left);
  }
}

void Connection::on_complete() {
  if (work_->rejection) return respond(*std::exchange(work_->rejection, std::nullopt));
  auto exchange = std::move(work_->exchange);
  Outcome outcome = exchange->finish(work_->parser.request());
  if (auto* response = std::get_if<http::Response>(&outcome)) return respond(*response);
  if (auto* stream = std::get_if<OpenStream>(&outcome)) return open_stream(std::move(*stream));
  AskStore& ask = std::get<AskStore>(outcome);
  work_->exchange = std::move(exchange);
  phase_ = Phase::waiting;
  const store::Address from{loop_.index, id_};
  if (ask.busiest) {
    loop_.asked.emplace_back(store::Question{from, std::move(ask.busiest)});
  } else {
    loop_.asked.emplace_back(store::Publish{from, std::move(ask.events), std::move(ask.idempotency_key)});
  }
}

void Connection::on_refusal() {
  last_request_ = true;
  if (work_->rejection) return respond(*std::exchange(work_->rejection, std::nullopt));
  const http::Refusal& refusal = work_->parser.refusal();
  respond(http::problem(refusal.status, refusal.detail));
}

void Connection::on_answer(const base::Result<store::Receipt>& receipt) {
  if (phase_ != Phase::waiting || !work_->exchange) return;
  const auto exchange = std::move(work_->exchange);
  respond(exchange->answer(receipt));
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
  const auto sent = wire_.send(work_->output);
  if (!sent) return close(CloseReason::peer_dead);
  work_->output_sent = *sent;
  if (work_->output_sent == work_->output.size()) return after_answer();
  set_deadline(loop_.limits.request_timeout);
  await_writable();
}

// Goes on with an answer that did not fit at once.
void Connection::send_output() {
  const std::string_view rest = std::string_view(work_->output).substr(work_->output_sent);
  const auto sent = wire_.send(rest);
  if (!sent) return close(CloseReason::peer_dead);
  work_->output_sent += *sent;
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
  phase_ = Phase::lingering;
  set_deadline(k_linger_max);
  finish_output();
  if (!input_ended_) await_readable();
}

void Connection::finish_output() {
  if (!wire_.finish()) return await_writable();
  if (input_ended_) close(CloseReason::client_left);
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
  if (stream_) return end_stream_at(loop_.farewell_time(), CloseReason::draining);
  last_request_ = true;
  if (phase_ != Phase::reading || !work_->parser.idle()) return;
  deadline_ = std::min(deadline_, loop_.draining->from);
  remind(deadline_);
}

void Connection::close(CloseReason reason) {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  if (stream_) {
    store::AudienceChange left = loop_.shard.close(stream_->subscriber);
    const StreamTotals totals{loop_.now() - stream_->opened, stream_->subscriber.events(), stream_->bytes};
    stream_->guest->on_closed(reason, totals, left);
    loop_.asked.emplace_back(std::move(left));
    stream_.reset();
  }
  wire_.close();
  loop_.doomed.push_back(id_);
}

}  // namespace rt::net
