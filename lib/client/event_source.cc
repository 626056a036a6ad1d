// SPDX-License-Identifier: MIT
#include "client/event_source.h"

#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "client/refusal.h"

namespace rt::client {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_event_bytes_max = std::size_t{16} * 1024 * 1024;
constexpr int k_heartbeats_missed_max = 3;

bool is_event_stream(const Answer& answer) {
  const auto type = answer.headers.find("content-type");
  if (type == answer.headers.end()) return false;
  return base::equal_ignoring_case(base::trim(base::split(type->second, ';').front()), "text/event-stream");
}

base::Error not_a_stream(const Server& server, const Answer& answer) {
  const auto type = answer.headers.find("content-type");
  const std::string what =
      type == answer.headers.end() ? "something without a type" : base::printable(type->second);
  return {base::ErrorKind::not_a_stream, server.url + " answered " + what + ", not an event stream",
          "is it an rtserve?"};
}

}  // namespace

EventSource::EventSource(EventSourceOptions options, std::function<base::Result<Server>()> server)
    : wait([](milliseconds time) { std::this_thread::sleep_for(time); }),
      options_(std::move(options)),
      server_(std::move(server)),
      decoder_({.line_bytes_max = k_event_bytes_max, .event_bytes_max = k_event_bytes_max}) {
  set_up_decoder();
}

void EventSource::set_up_decoder() {
  decoder_.set_last_event_id(options_.last_event_id);
  decoder_.on_message = [this](const sse::Message& message) {
    // What follows in the same piece as the last event wanted.
    if (is_enough_) return;
    if (const auto control = parse_control(message.data)) {
      if (control->heartbeat && control->heartbeat->count() > 0)
        connection_->set_silence_max(*control->heartbeat * k_heartbeats_missed_max);
      if (on_control) on_control(*control);
    } else {
      is_enough_ = on_event && !on_event(message);
    }
  };
  decoder_.on_comment = [this](std::string_view text) {
    if (on_comment) on_comment(text);
  };
  decoder_.on_retry = [this](milliseconds time) { wish_.retry = time; };
}

base::Result<Ending> EventSource::run() {
  for (;;) {
    auto ending = follow();
    if (!ending) return std::unexpected(ending.error());
    if (*ending) return **ending;
    ++attempt_;
    const auto retries_max = options_.backoff.retries_max;
    if (retries_max && attempt_ > *retries_max) {
      const bool is_busy = loss_.kind == base::ErrorKind::busy;
      if (attempt_ > 1) loss_.what += "; gave up after " + std::to_string(attempt_) + " attempts";
      return base::fail(is_busy ? base::ErrorKind::busy : base::ErrorKind::unavailable, loss_.what,
                        loss_.hint);
    }
    const auto time = wait_before(options_.backoff, attempt_, wish_, random);
    wish_.retry_after.reset();
    if (on_lost) on_lost({loss_.what, time, attempt_});
    wait(time);
  }
}

std::optional<Ending> EventSource::lose(base::Error why) {
  loss_ = std::move(why);
  return std::nullopt;
}

base::Result<std::optional<Ending>> EventSource::follow() {
  const bool is_first = std::exchange(is_first_, false);
  is_token_withheld_ = false;
  auto server = server_();
  if (!server) {
    // A token file that is being replaced is there again for the next attempt.
    if (is_first) return std::unexpected(server.error());
    return lose(server.error());
  }
  std::string path = options_.path;
  for (int redirects = 0;; ++redirects) {
    redirect_.reset();
    auto ending = follow_at(*server, path);
    if (!redirect_) return ending;
    if (redirects == k_redirects_max) {
      return base::fail(base::ErrorKind::refused, "more than " + std::to_string(k_redirects_max) +
                                                      " redirects, the last one from " + server->url);
    }
    const bool has_token = !server->token.empty();
    move_to(*server, redirect_->server);
    is_token_withheld_ = is_token_withheld_ || (has_token && server->token.empty());
    path = redirect_->path;
  }
}

base::Result<std::optional<Ending>> EventSource::follow_at(const Server& server, const std::string& path) {
  auto connection = HttpConnection::open(server);
  if (!connection) return std::unexpected(connection.error());
  connection_ = connection->get();
  connection_->set_silence_max(options_.heartbeat * k_heartbeats_missed_max);
  decoder_.restart();

  HttpConnection::Headers headers{{"Accept", "text/event-stream"}, {"Cache-Control", "no-cache"}};
  if (!decoder_.last_event_id().empty()) headers.emplace_back("Last-Event-ID", decoder_.last_event_id());
  bool is_open = false;
  std::optional<sse::DecoderFault> fault;
  const auto answer = connection_->stream(
      path, headers, options_.head_timeout,
      [&](const Answer& head) {
        is_open = head.status == 200 && is_event_stream(head);
        if (is_open) {
          attempt_ = 0;
          if (on_open) on_open(server);
        }
        return is_open;
      },
      [&](std::string_view bytes) {
        if (const auto fed = decoder_.feed(bytes); !fed) fault = fed.error();
        return !is_enough_ && !fault;
      });
  connection_ = nullptr;

  if (is_enough_) return Ending::enough;
  // It would come again.
  if (fault)
    return base::fail(base::ErrorKind::invalid, server.url + " sent a line or an event of over 16 MiB");
  if (!answer) {
    if (answer.error().kind != base::ErrorKind::unavailable) return std::unexpected(answer.error());
    return lose(answer.error());
  }
  if (is_open) return lose({base::ErrorKind::unavailable, "the server ended the stream", {}});
  return judge(server, path, *answer);
}

base::Error EventSource::refused(const Server& server, const Answer& answer) const {
  auto error = refusal(answer);
  if (error.kind == base::ErrorKind::denied && is_token_withheld_) {
    error.hint = "redirected to " + server.url + ", another origin, where the token was not sent";
  } else {
    explain_denial(error, server.token, base::SystemClock().wall());
  }
  return error;
}

base::Result<std::optional<Ending>> EventSource::judge(const Server& server, const std::string& path,
                                                       const Answer& answer) {
  if (answer.status == 204) return Ending::no_content;
  if (answer.status == 200) return std::unexpected(not_a_stream(server, answer));
  redirect_ = redirect_target({server.url, path}, answer);
  if (redirect_) return std::nullopt;
  auto error = refused(server, answer);
  if (answer.status != 429 && answer.status < 500) return std::unexpected(std::move(error));
  wish_.retry_after = answer.retry_after();
  return lose(std::move(error));
}

}  // namespace rt::client
