// SPDX-License-Identifier: MIT
#include "server/admin.h"

#include <httplib.h>

#include <thread>

namespace rt::server {

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
