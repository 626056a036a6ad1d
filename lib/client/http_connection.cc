// SPDX-License-Identifier: MIT
#include "client/http_connection.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <exception>

#include "base/text.h"
#include "client/watchdog.h"

namespace rt::client {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_answer_bytes_max = std::size_t{8} * 1024 * 1024;
constexpr std::size_t k_refusal_bytes_max = std::size_t{64} * 1024;
constexpr milliseconds k_connect_timeout{10'000};
// The watchdog keeps the time; httplib's own clock starts again with every byte.
constexpr std::chrono::hours k_read_timeout{24};

bool has_control_or_space(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
}

Answer head_of(const httplib::Response& response) {
  Answer answer;
  answer.status = response.status;
  answer.reason = response.reason;
  for (const auto& [name, value] : response.headers) answer.headers.emplace(base::to_lower(name), value);
  return answer;
}

}  // namespace

std::optional<UrlParts> parse_url(std::string_view url) {
  UrlParts parts;
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos || has_control_or_space(url)) return std::nullopt;
  const auto scheme = base::to_lower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  parts.is_tls = scheme == "https";
  parts.port = parts.is_tls ? 443 : 80;
  url.remove_prefix(scheme_end + 3);
  auto authority = url.substr(0, url.find_first_of("/?#"));
  parts.path = std::string(url.substr(authority.size()));
  parts.path.resize(std::min(parts.path.find('#'), parts.path.size()));
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    parts.host = std::string(authority.substr(1, end - 1));
    port = authority.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return std::nullopt;
  } else {
    parts.host = std::string(authority.substr(0, authority.find(':')));
    port = authority.substr(parts.host.size());
  }
  // User names in URLs end up in logs and histories; a token is the way.
  if (parts.host.empty() || parts.host.find_first_of("@\\%\"<>^`{|}[]") != std::string::npos)
    return std::nullopt;
  if (port.empty()) return parts;
  const auto number = base::parse_unsigned(port.substr(1));
  if (!number || *number == 0 || *number > 65535) return std::nullopt;
  parts.port = static_cast<int>(*number);
  return parts;
}

struct HttpConnection::State {
  State(Server from, std::unique_ptr<httplib::ClientImpl> made)
      : server(std::move(from)), client(std::move(made)), watchdog([this] { client->stop(); }) {}

  // Sends; the watchdog is armed with `deadline` and disarmed at the end.
  base::Result<Answer> perform(httplib::Request request, milliseconds deadline);
  base::Error error_of(httplib::Error error) const;

  Server server;
  std::unique_ptr<httplib::ClientImpl> client;
  std::atomic<bool> stopped = false;
  std::atomic<std::int64_t> silence_max_ms = 45'000;
  Watchdog watchdog;  // last: its thread uses the client
};

base::Error HttpConnection::State::error_of(httplib::Error error) const {
  using base::ErrorKind;
  if (stopped) return {ErrorKind::unavailable, "stopped", {}};
  switch (error) {
    case httplib::Error::SSLServerVerification:
      return {ErrorKind::unavailable, "the certificate of " + server.url + " cannot be verified",
              "name its authority with --cacert FILE"};
    case httplib::Error::SSLLoadingCerts:
      return {ErrorKind::io, "the certificates in '" + server.ca_file + "' cannot be used", {}};
    case httplib::Error::SSLConnection:
      return {ErrorKind::unavailable, "no TLS connection to " + server.url,
              "does the server speak https there?"};
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return {ErrorKind::unavailable, "could not connect to " + server.url,
              "is rtserve running there? see --server"};
    default:
      if (watchdog.has_expired()) return {ErrorKind::unavailable, "no answer from " + server.url, {}};
      return {ErrorKind::unavailable, "the connection to " + server.url + " was cut", {}};
  }
}

base::Result<Answer> HttpConnection::State::perform(httplib::Request request, milliseconds deadline) {
  if (stopped) return std::unexpected(error_of(httplib::Error::Canceled));
  request.set_header("User-Agent", "rt-clients");
  if (!server.token.empty()) request.set_header("Authorization", "Bearer " + server.token);
  for (const auto& [name, value] : server.headers) {
    request.headers.erase(name);
    request.set_header(name, value);
  }
  client->set_connection_timeout(std::min(deadline, k_connect_timeout));
  watchdog.arm(deadline);
  httplib::Response response;
  // Success: httplib leaves it so where a name is not known, unless it finds another error there already.
  auto error = httplib::Error::Success;
  bool is_whole = false;
  try {
    is_whole = client->send(request, response, error);
  } catch (const std::exception&) {
    error = httplib::Error::Unknown;
  }
  watchdog.disarm();
  if (!is_whole) return std::unexpected(error_of(error));
  return head_of(response);
}

HttpConnection::HttpConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpConnection::~HttpConnection() = default;

base::Result<std::unique_ptr<HttpConnection>> HttpConnection::open(Server server) {
  const auto url = parse_url(server.url);
  const bool is_bare = url && (url->path.empty() || url->path == "/") && !server.url.contains('#');
  if (!is_bare) {
    return base::fail(base::ErrorKind::usage,
                      "'" + base::printable(server.url) + "' is not the address of a server",
                      "the form is http://HOST:PORT");
  }
  if (server.url.ends_with('/')) server.url.pop_back();
  std::unique_ptr<httplib::ClientImpl> client;
  try {
    if (url->is_tls) {
      auto tls = std::make_unique<httplib::SSLClient>(url->host, url->port);
      tls->enable_server_certificate_verification(!server.insecure);
      if (!server.ca_file.empty()) tls->set_ca_cert_path(server.ca_file);
      client = std::move(tls);
    } else {
      client = std::make_unique<httplib::ClientImpl>(url->host, url->port);
    }
  } catch (const std::exception& error) {
    return base::fail(base::ErrorKind::internal, error.what());
  }
  client->set_keep_alive(true);
  client->set_tcp_nodelay(true);
  client->set_follow_location(false);
  client->set_url_encode(false);
  client->set_read_timeout(k_read_timeout);
  auto state = std::make_unique<State>(std::move(server), std::move(client));
  return std::unique_ptr<HttpConnection>(new HttpConnection(std::move(state)));
}

namespace {

// `sink` outlives the call.
httplib::Request request_for(const char* method, const std::string& path, std::string& sink, bool& is_over) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.content_receiver = [&sink, &is_over](const char* bytes, std::size_t count, std::uint64_t,
                                               std::uint64_t) {
    is_over = sink.size() + count > k_answer_bytes_max;
    if (!is_over) sink.append(bytes, count);
    return !is_over;
  };
  return request;
}

base::Result<Answer> with_body(base::Result<Answer> answer, std::string body, bool is_over) {
  if (is_over) return base::fail(base::ErrorKind::refused, "the answer is over 8 MiB");
  if (answer) answer->body = std::move(body);
  return answer;
}

base::Result<void> check_path(const std::string& path) {
  if (path.starts_with('/') && !has_control_or_space(path)) return {};
  return base::fail(base::ErrorKind::usage, "'" + base::printable(path) + "' is not a path");
}

}  // namespace

base::Result<Answer> HttpConnection::get(const std::string& path, milliseconds timeout) {
  if (auto checked = check_path(path); !checked) return std::unexpected(checked.error());
  std::string body;
  bool is_over = false;
  auto answer = state_->perform(request_for("GET", path, body, is_over), timeout);
  return with_body(std::move(answer), std::move(body), is_over);
}

base::Result<Answer> HttpConnection::post(const std::string& path, const std::string& content_type,
                                          const std::string& body, const Headers& headers,
                                          milliseconds timeout) {
  if (auto checked = check_path(path); !checked) return std::unexpected(checked.error());
  std::string answer_body;
  bool is_over = false;
  auto request = request_for("POST", path, answer_body, is_over);
  request.set_header("Content-Type", content_type);
  for (const auto& [name, value] : headers) request.set_header(name, value);
  request.body = body;
  auto answer = state_->perform(std::move(request), timeout);
  return with_body(std::move(answer), std::move(answer_body), is_over);
}

base::Result<Answer> HttpConnection::stream(const std::string& path, const Headers& headers,
                                            milliseconds head_timeout,
                                            const std::function<bool(const Answer&)>& on_head,
                                            const std::function<bool(std::string_view)>& on_bytes) {
  if (auto checked = check_path(path); !checked) return std::unexpected(checked.error());
  State& state = *state_;
  Answer head;
  bool is_wanted = false;
  bool is_enough = false;
  httplib::Request request;
  request.method = "GET";
  request.path = path;
  for (const auto& [name, value] : headers) request.set_header(name, value);
  request.response_handler = [&](const httplib::Response& response) {
    head = head_of(response);
    is_wanted = on_head(head);
    if (is_wanted) state.watchdog.arm(milliseconds(state.silence_max_ms));
    return true;
  };
  request.content_receiver = [&](const char* bytes, std::size_t count, std::uint64_t, std::uint64_t) {
    if (is_wanted) {
      is_enough = !on_bytes({bytes, count});
      state.watchdog.arm(milliseconds(state.silence_max_ms));
    } else {
      head.body.append(bytes, std::min(count, k_refusal_bytes_max - head.body.size()));
      is_enough = head.body.size() == k_refusal_bytes_max;
    }
    return !is_enough;
  };
  auto answer = state.perform(std::move(request), head_timeout);
  // httplib calls no one for a 204.
  if (answer && head.status == 0) return answer;
  // A refusal whose body came short is a refusal all the same.
  if (answer || is_enough || (head.status != 0 && !is_wanted)) return head;
  if (state.watchdog.has_expired() && is_wanted && !state.stopped) {
    return base::fail(base::ErrorKind::unavailable,
                      "nothing came for " + base::format_duration(milliseconds(state.silence_max_ms)));
  }
  return std::unexpected(answer.error());
}

void HttpConnection::set_token(std::string token) {
  state_->server.token = std::move(token);
}

void HttpConnection::set_silence_max(milliseconds silence_max) {
  state_->silence_max_ms = silence_max.count();
}

void HttpConnection::stop() {
  state_->stopped = true;
  // From here on the watchdog breaks off whatever runs, until it has ended.
  state_->watchdog.expire();
}

}  // namespace rt::client
