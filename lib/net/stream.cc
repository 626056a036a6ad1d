// SPDX-License-Identifier: MIT
// A Connection that has become a stream, from the request for it to its last byte. The rest is in
// connection.cc.
#include "net/stream.h"

#include <cerrno>
#include <cstring>

#include "net/loop_context.h"
#include "net/work.h"

namespace rt::net {

namespace {

using std::chrono::milliseconds;

// How long a last event id may lie ahead of this shard before it counts as one of the future: another shard
// may have delivered an event that is still on its way to this one. Another instance of the same store, too,
// and for that the store itself says how long it may take.
constexpr milliseconds k_shard_lag_max{250};

}  // namespace

std::string Connection::stream_head(const OpenStream& opening) const {
  const bool chunked = work_->minor_version >= 1;
  std::string head = "HTTP/1.1 200 OK\r\nDate: " + loop_.date() +
                     "\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache, no-transform\r\n"
                     "X-Accel-Buffering: no\r\nVary: Accept-Encoding\r\n";
  if (opening.coding == hub::Coding::gzip) head += "Content-Encoding: gzip\r\n";
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
  work_->opening_since = loop_.now();
  work_->opening = std::move(opening);
  loop_.openings.push_back(id_);
}

void Connection::open_pending() {
  if (phase_ != Phase::waiting || !work_->opening) return;
  const base::SteadyTime now = loop_.now();
  const auto& last_event_id = work_->opening->last_event_id;
  const bool lies_ahead = last_event_id && loop_.shard.lies_ahead(*last_event_id);
  const bool is_cut_off = loop_.draining || work_->opening->store->is_cut_off();
  const milliseconds lag_max = is_cut_off ? milliseconds(0) : work_->opening->store->lag_max();
  if (lies_ahead && now - work_->opening_since < std::max(k_shard_lag_max, lag_max)) {
    loop_.openings.push_back(id_);
    return;
  }
  OpenStream opening = *std::exchange(work_->opening, std::nullopt);
  if (lies_ahead && is_cut_off) return send_back(std::move(opening));
  const std::string head = stream_head(opening);
  const hub::Form form{work_->minor_version >= 1 ? hub::Framing::chunked : hub::Framing::plain, opening.names,
                       opening.coding};
  stream_ = std::make_unique<Stream>(*this, form, std::move(opening.guest), now);
  if (opening.expiry) stream_->set_expiry(*opening.expiry, now, loop_.clock.wall(), loop_.random);
  if (opening.max_age.count() > 0) stream_->ends_at = now + jittered_age(opening.max_age, loop_.random);
  work_.reset();
  phase_ = Phase::streaming;

  hub::Opening details;
  details.head = head;
  if (opening.last_event_id) details.last_event_id = *opening.last_event_id;
  details.snapshot = opening.snapshot;
  details.naming = opening.naming;
  details.rate = opening.rate;
  details.lag_max = opening.store->lag_max();
  details.heartbeat = loop_.limits.heartbeat;
  details.retry = jittered_retry(loop_.random);
  const hub::Verdict verdict = loop_.shard.open(stream_->subscriber, opening.subscription, details);
  store::AudienceChange joined{store::Presence::joined, opening.subscription.kinds(),
                               opening.subscription.topics()};
  stream_->guest->on_opened(verdict, joined);
  loop_.asked.emplace_back(std::move(joined));
  remind(stream_->next_due(*this, now));
  // A refusal would be the end for a browser's EventSource: it is told when to come back instead.
  if (loop_.draining) end_stream_at(loop_.farewell_time(), CloseReason::draining);
  await_readable();
}

// Nobody can say whether this client has missed something. It is to come back, perhaps to another instance,
// with the id that it has; a refusal would be the end for a browser's EventSource.
void Connection::send_back(OpenStream opening) {
  http::Response response;
  response.content_type = "text/event-stream";
  response.fields = {{"Cache-Control", "no-cache, no-transform"}};
  response.fields.insert(response.fields.end(), opening.fields.begin(), opening.fields.end());
  response.body = hub::end_message(jittered_retry(loop_.random));
  last_request_ = true;
  respond(response);
}

base::SteadyTime Connection::heartbeat_due() const {
  // A little early and each at its own time, so that streams opened together do not beat together.
  const milliseconds interval = loop_.limits.heartbeat;
  const auto early = static_cast<std::int64_t>(id_ * 37 % 100) * interval / 1000;
  return stream_->last_write + interval - early;
}

void Connection::on_stream_due(base::SteadyTime now) {
  // Looked at once per heartbeat interval, and sent to at least as often: after two a vanished peer is known.
  // The kernel goes on for a while to send what is left and the end: a browser that comes back with the same
  // address would wait for ever otherwise.
  if (is_unheard(wire_.descriptor(), loop_.limits.heartbeat * 3 / 4)) return close(CloseReason::peer_dead);
  if (stream_->ended_for) {
    // Its last bytes had no room for a whole heartbeat: the peer does not read.
    return close(*stream_->ended_for);
  }
  if (now >= stream_->ends_at) return end_stream(stream_->ends_for);
  if (stream_->has_expired(now, loop_.clock.wall())) return end_stream(CloseReason::token_expired);
  if (!stream_->warned && now >= stream_->expires_at - k_expiry_warning + stream_->expiry_spread) {
    stream_->warned = true;
    const auto left = std::max(stream_->expires_at - now, base::SteadyTime::duration::zero());
    loop_.shard.say(stream_->subscriber,
                    hub::token_expiring_message(std::chrono::ceil<std::chrono::seconds>(left)));
  }
  if (now >= heartbeat_due()) {
    loop_.shard.heartbeat(stream_->subscriber);
    // What is not written now is counted from here, or a blocked stream would be looked at each tick.
    stream_->last_write = now;
  }
  remind(stream_->next_due(*this, now));
}

void Connection::end_stream_at(base::SteadyTime at, CloseReason reason) {
  if (stream_->ended_for || at >= stream_->ends_at) return;
  stream_->ends_at = at;
  stream_->ends_for = reason;
  remind(at);
}

void Connection::end_stream(CloseReason reason) {
  if (stream_->ended_for) return;
  stream_->ended_for = reason;
  loop_.shard.end(stream_->subscriber, hub::end_message(jittered_retry(loop_.random)));
  loop_.ending.push_back(id_);
  remind(loop_.now() + loop_.limits.heartbeat);
}

void Connection::close_if_ended() {
  if (!stream_ || !stream_->ended_for) return;
  if (!stream_->subscriber.ended()) {
    if (!stream_->subscriber.blocked()) loop_.ending.push_back(id_);  // more to write than one turn allows
    return;
  }
  // The last chunk is out; a FIN behind it, and no reset for what the client may still send.
  if (!wire_.finish()) return await_writable();
  close(stream_->ended_for.value_or(CloseReason::draining));
}

std::optional<Connection::StreamView> Connection::stream_view() const {
  if (!stream_) return std::nullopt;
  return StreamView{stream_->subscriber, *stream_->guest, stream_->opened, stream_->bytes};
}

std::optional<std::size_t> Connection::write(std::string_view bytes) {
  const auto written = wire_.send(bytes);
  if (!written) {
    // Else it was TLS that failed, and not the socket.
    const bool by_socket = errno != 0 && errno != EAGAIN && errno != EINTR;
    stream_->guest->on_send_error(by_socket ? std::strerror(errno) : "TLS failed");
    loop_.doomed.push_back(id_);
    return std::nullopt;
  }
  stream_->bytes += *written;
  stream_->last_write = loop_.turn_time;
  loop_.bytes_sent += *written;
  if (*written < bytes.size()) await_writable();
  return written;
}

}  // namespace rt::net
