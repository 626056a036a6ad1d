// SPDX-License-Identifier: MIT
// EventSource: follows one event stream for as long as it takes. Connects, decodes, and after a loss connects
// again by the backoff, with the last event id, so that nothing is missed that the server still holds. One
// instance, one thread, which run() keeps; all callbacks come from it. What an event means is the caller's
// business.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/random.h"
#include "client/backoff.h"
#include "client/control.h"
#include "client/http_connection.h"
#include "client/redirect.h"
#include "sse/decoder.h"

namespace rt::client {

struct EventSourceOptions {
  std::string path;           // with the query, percent-encoded
  std::string last_event_id;  // where to resume from; empty: from now on
  Backoff backoff;
  std::chrono::milliseconds head_timeout{10'000};
  // Dead when silent for three of these; rtserve's `connected` message may say another.
  std::chrono::milliseconds heartbeat{15'000};
};

// What there is to say when a stream, or an attempt to open one, came to nothing.
struct Lost {
  std::string why;
  std::chrono::milliseconds wait{0};  // until the next attempt
  unsigned attempt = 0;               // its number in a row, from 1
};

enum class Ending {
  no_content,  // the server said 204: do not come back
  enough,      // on_event said so
};

class EventSource {
 public:
  // `server` is asked before each attempt, since a token may have been renewed. Each follows redirects anew.
  EventSource(EventSourceOptions options, std::function<base::Result<Server>()> server);

  std::function<bool(const sse::Message&)> on_event;  // false: enough
  std::function<void(const Control&)> on_control;     // rtserve's own messages
  std::function<void(std::string_view)> on_comment;   // a heartbeat, mostly
  std::function<void(const Server&)> on_open;         // the server has answered with a stream
  std::function<void(const Lost&)> on_lost;
  // The seams: how to wait, and where the jitter comes from.
  std::function<void(std::chrono::milliseconds)> wait;
  base::Random random;

  // Returns at the end, or with what cannot be helped by trying again: denied (401, 403), not_found (404),
  // not_a_stream (another content type), refused and invalid (other answers, a line or an event over 16 MiB);
  // after the last attempt: busy (429, 503), else unavailable.
  base::Result<Ending> run();

  // Where a stream that begins now would resume from.
  const std::string& last_event_id() const { return decoder_.last_event_id(); }

 private:
  // One stream, wherever redirects lead, until it ends. Nothing: lost, `loss_` says how.
  base::Result<std::optional<Ending>> follow();
  // One connection. Nothing: lost, or sent on to `redirect_`.
  base::Result<std::optional<Ending>> follow_at(const Server& server, const std::string& path);
  base::Result<std::optional<Ending>> judge(const Server& server, const std::string& path,
                                            const Answer& answer);
  base::Error refused(const Server& server, const Answer& answer) const;
  std::optional<Ending> lose(base::Error why);
  void set_up_decoder();

  EventSourceOptions options_;
  std::function<base::Result<Server>()> server_;
  sse::Decoder decoder_;
  HttpConnection* connection_ = nullptr;  // while follow_at() runs
  std::optional<Place> redirect_;
  bool is_token_withheld_ = false;  // from where a redirect led
  ServerWish wish_;
  base::Error loss_;
  unsigned attempt_ = 0;  // attempts in a row that opened no stream
  bool is_first_ = true;
  bool is_enough_ = false;
};

}  // namespace rt::client
