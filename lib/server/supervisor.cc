// SPDX-License-Identifier: MIT
#include "server/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/text.h"

namespace rt::server {

namespace {

// Of the time after which it would take the server for dead: some may come late.
constexpr int k_alive_per_watchdog = 4;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

std::chrono::milliseconds alive_every() {
  const std::string_view pid = variable("WATCHDOG_PID");
  const bool is_ours = pid.empty() || pid == std::to_string(::getpid());
  const auto usec = base::parse_unsigned(variable("WATCHDOG_USEC"));
  if (!is_ours || !usec || *usec > 86'400'000'000) return {};
  return std::chrono::milliseconds(*usec / 1000 / k_alive_per_watchdog);
}

}  // namespace

Supervisor::Supervisor() {
  const std::string_view path = variable("NOTIFY_SOCKET");
  const bool is_known = path.starts_with('/') || path.starts_with('@');
  if (!is_known || path.size() >= sizeof sockaddr_un::sun_path) return;
  address_ = path;
  if (address_.front() == '@') address_.front() = '\0';
  socket_ = net::Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  alive_every_ = server::alive_every();
}

void Supervisor::ready() const {
  tell("READY=1");
}

void Supervisor::reloading() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  tell("RELOADING=1\nMONOTONIC_USEC=" +
       std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void Supervisor::stopping() const {
  tell("STOPPING=1");
}

bool Supervisor::alive_is_due(base::SteadyTime now) const {
  return alive_every_.count() > 0 && now - alive_told_ >= alive_every_;
}

void Supervisor::alive(base::SteadyTime now) {
  alive_told_ = now;
  tell("WATCHDOG=1");
}

void Supervisor::tell(const std::string& state) const {
  if (address_.empty()) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // Nothing is to be done when it does not listen.
  (void)::sendto(socket_.get(), state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&to),
                 length);
}

}  // namespace rt::server
