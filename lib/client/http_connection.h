// SPDX-License-Identifier: MIT
// HttpConnection: one keep-alive connection to an rtserve, for the tools. cpp-httplib does the work and is
// included in http_connection.cc alone. One instance, one thread; stop() may be called from any other.
// Does not retry (client/publisher.h), follows no redirects (they would carry the token elsewhere) and does
// not know of topics. The program ignores SIGPIPE (cli/signals.h).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace rt::client {

struct Server {
  std::string url = "http://127.0.0.1:3000";                 // scheme, host, port; nothing behind
  std::string token;                                         // sent as Authorization: Bearer when not empty
  std::vector<std::pair<std::string, std::string>> headers;  // -H
  bool insecure = false;                                     // -k
  std::string ca_file;                                       // --cacert
};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string reason = {};  // what stands behind the status, as "Not Found"

  // What an RFC 9457 body says in `detail`, else the reason: for messages to people.
  std::string detail() const;
  // Seconds (or an HTTP date's distance) of Retry-After, capped at an hour.
  std::optional<std::chrono::milliseconds> retry_after() const;
};

class HttpConnection {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // An error of kind usage when the URL is not http(s)://host[:port][/].
  static base::Result<std::unique_ptr<HttpConnection>> open(Server server);
  ~HttpConnection();

  // `path` is percent-encoded. `timeout` is for the whole call. Errors: unavailable (no connection, it was
  // cut, or the time ran out), refused (an answer over 8 MiB), io (the certificates of `ca_file` cannot be
  // used).
  base::Result<Answer> get(const std::string& path, std::chrono::milliseconds timeout);
  base::Result<Answer> post(const std::string& path, const std::string& content_type, const std::string& body,
                            const Headers& headers, std::chrono::milliseconds timeout);

  // An answer without an end: `on_head` sees status and headers (false: do not read on; the body then is in
  // the Answer, up to 64 KiB), `on_bytes` each piece as it comes (false: stop, which counts as a clean end).
  // The head must come within `head_timeout` of the call; after it, no bytes for the longest silence is an
  // error, too. Returns when the stream ended (its last chunk came) or with the error that ended it.
  base::Result<Answer> stream(const std::string& path, const Headers& headers,
                              std::chrono::milliseconds head_timeout,
                              const std::function<bool(const Answer&)>& on_head,
                              const std::function<bool(std::string_view)>& on_bytes);
  // For the calls from now on.
  void set_token(std::string token);

  // For stream(): how long silence may last (45 s), changeable while it runs (from its callbacks).
  void set_silence_max(std::chrono::milliseconds silence_max);

  // Makes a running call return soon (a connection that is being made: when its time is over), and every
  // later one at once, with an error of kind unavailable.
  void stop();

 private:
  struct State;
  explicit HttpConnection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What the parts of a URL of a server are. Nothing when it is not http(s)://host[:port][/path].
struct UrlParts {
  bool is_tls = false;
  std::string host;  // an IPv6 address without its brackets
  int port = 0;
  std::string path;  // with the query; empty when there is none
};
std::optional<UrlParts> parse_url(std::string_view url);

}  // namespace rt::client
