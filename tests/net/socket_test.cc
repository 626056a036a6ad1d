// SPDX-License-Identifier: MIT
#include "net/socket.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace {

using namespace rt;

net::Descriptor connect_to(const net::ListenAddress& loopback) {
  net::Descriptor client(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(loopback.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return {};
  return client;
}

TEST_CASE("an address to listen on is a numeric host and a port") {
  CHECK(net::to_string(*net::parse_listen_address("127.0.0.1:3000")) == "127.0.0.1:3000");
  CHECK(net::to_string(*net::parse_listen_address("[::1]:0")) == "[::1]:0");
  CHECK(net::to_string(*net::parse_listen_address("localhost:80")) == "127.0.0.1:80");
  CHECK(net::is_inherited(*net::parse_listen_address("fd:")));
  CHECK(net::to_string(*net::parse_listen_address("fd:")) == "fd:");
  CHECK(!net::is_inherited(*net::parse_listen_address("127.0.0.1:3000")));
  CHECK(net::unix_path(*net::parse_listen_address("unix:/run/a:1/s")) == "/run/a:1/s");
  CHECK(!net::is_unix(*net::parse_listen_address("127.0.0.1:3000")));
  CHECK(net::parse_listen_address("unix:" + std::string(107, 'a')));
  for (const char* text : {"", "3000", "fd:3", ":3000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "::1:80", "example.com:80", "1.2.3:4", "unix:"}) {
    CAPTURE(text);
    CHECK(!net::parse_listen_address(text));
  }
  CHECK(!net::parse_listen_address("unix:" + std::string(108, 'a')));
  CHECK(!net::parse_listen_address(std::string_view("unix:a\0b", 8)));
}

TEST_CASE("several sockets of one server share a port, and another server is refused it") {
  net::ListenAddress address{"127.0.0.1", 0};
  const auto first = net::listen_on(address);
  REQUIRE(first);
  CHECK(address.port != 0);
  CHECK(net::listen_on(address));
  const auto taken = net::check_free(address);
  REQUIRE(!taken);
  CHECK(taken.error().what.find(net::to_string(address)) != std::string::npos);
}

TEST_CASE("a connection inherits what its listener was given") {
  net::ListenAddress address{"127.0.0.1", 0};
  const auto listener = net::listen_on(address);
  REQUIRE(listener);
  net::set_connection_options(listener->get(), std::chrono::milliseconds(7000));
  const net::Descriptor client = connect_to(address);
  REQUIRE(client.get() >= 0);
  const net::Descriptor accepted(::accept(listener->get(), nullptr, nullptr));
  const auto option = [&](int level, int name) {
    int value = 0;
    socklen_t length = sizeof value;
    ::getsockopt(accepted.get(), level, name, &value, &length);
    return value;
  };
  CHECK(option(IPPROTO_TCP, TCP_NODELAY) == 1);
  CHECK(option(IPPROTO_TCP, TCP_USER_TIMEOUT) == 7000);
  CHECK(option(SOL_SOCKET, SO_SNDBUF) <= 512 * 1024);
}

TEST_CASE("who made a connection is known also when it has been reset by then") {
  net::ListenAddress address{"127.0.0.1", 0};
  const auto listener = net::listen_on(address);
  REQUIRE(listener);
  CHECK(net::accept_from(listener->get()).fd == -1);
  {
    const net::Descriptor client = connect_to(address);
    REQUIRE(client.get() >= 0);
    const linger reset{1, 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  const net::Accepted accepted = net::accept_from(listener->get());
  const net::Descriptor closed_at_the_end(accepted.fd);
  CHECK(accepted.fd >= 0);
  CHECK(accepted.peer_ip == "127.0.0.1");
}

}  // namespace
