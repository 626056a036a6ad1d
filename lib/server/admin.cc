// SPDX-License-Identifier: MIT
#include "server/admin.h"

#include <httplib.h>

#include <thread>

#include "http/message.h"
#include "server/client_address.h"

namespace rt::server {

namespace {

bool is_loopback(const std::string& address) {
  const auto parsed = parse_ip_address(address);
  static const auto k_ipv4 = *parse_address_range("127.0.0.0/8");
  static const auto k_ipv6 = *parse_address_range("::1");
  return parsed && (contains(k_ipv4, *parsed) || contains(k_ipv6, *parsed));
}

// A web page can give a name of its own our address, and then read what we answer (DNS rebinding).
bool names_this_machine(const httplib::Request& request) {
  std::string host = request.get_header_value("Host");
  if (const auto colon = host.rfind(':'); colon != std::string::npos && !host.ends_with(']'))
    host.resize(colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host == "localhost" || parse_ip_address(host);
}

void answer_streams(const AdminSources& sources, const httplib::Request& request,
                    httplib::Response& response) {
  if (!is_loopback(request.remote_addr) || !names_this_machine(request)) {
    response.status = 403;
    response.set_content(
        http::problem(403, "streams are shown to callers on this machine only, at its loopback address").body,
        "application/problem+json");
    return;
  }
  const auto query = parse_streams_query(request.get_param_value("sort"), request.get_param_value("limit"));
  if (!query) {
    response.status = 400;
    response.set_content(http::problem(400, query.error()).body, "application/problem+json");
    return;
  }
  response.set_header("Cache-Control", "no-store");
  response.set_content(sources.streams(*query), "application/json");
}

}  // namespace

struct Admin::Listener {
  httplib::Server http;
  AdminSources sources;
  std::thread thread;
};

base::Result<std::unique_ptr<Admin>> Admin::open(const net::ListenAddress& address, AdminSources sources) {
  auto listener = std::make_unique<Listener>();
  listener->sources = std::move(sources);
  Listener& at = *listener;
  // cpp-httplib would share the port with another process (SO_REUSEPORT); one address, one server.
  if (auto free = net::check_free(address); !free) return std::unexpected(free.error());
  at.http.set_read_timeout(5);
  at.http.set_write_timeout(5);
  at.http.set_payload_max_length(0);
  at.http.Get("/metrics", [&at](const httplib::Request&, httplib::Response& response) {
    response.set_content(at.sources.metrics(), "text/plain; version=0.0.4; charset=utf-8");
  });
  at.http.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"status":"ok"})", "application/json");
  });
  at.http.Get("/readyz", [&at](const httplib::Request&, httplib::Response& response) {
    const Readiness readiness = at.sources.readiness();
    response.status = readiness.ready ? 200 : 503;
    const std::string reason = readiness.reason.empty() ? "" : ",\"reason\":\"" + readiness.reason + '"';
    response.set_content(
        (readiness.ready ? R"({"status":"ready")" : R"({"status":"unavailable")") + reason + '}',
        "application/json");
  });
  at.http.Get("/streams", [&at](const httplib::Request& request, httplib::Response& response) {
    answer_streams(at.sources, request, response);
  });
  net::ListenAddress bound = address;
  if (address.port == 0) {
    const int port = at.http.bind_to_any_port(address.host);
    if (port < 0) return base::fail(base::ErrorKind::io, "cannot listen on " + net::to_string(address));
    bound.port = static_cast<std::uint16_t>(port);
  } else if (!at.http.bind_to_port(address.host, address.port)) {
    return base::fail(base::ErrorKind::io, "cannot listen on " + net::to_string(address));
  }
  at.thread = std::thread([&at] { at.http.listen_after_bind(); });
  return std::unique_ptr<Admin>(new Admin(std::move(listener), bound));
}

Admin::Admin(std::unique_ptr<Listener> listener, net::ListenAddress address)
    : listener_(std::move(listener)), address_(std::move(address)) {}

Admin::~Admin() {
  // stop() does nothing to a server that has not got as far as listening.
  while (!listener_->http.is_running()) std::this_thread::yield();
  listener_->http.stop();
  listener_->thread.join();
}

}  // namespace rt::server
