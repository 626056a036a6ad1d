// SPDX-License-Identifier: MIT
#include "net/poller.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

using rt::net::Descriptor;
using rt::net::Poller;

namespace {

constexpr std::chrono::milliseconds k_now{0};
constexpr std::chrono::milliseconds k_patience{10'000};

struct Pair {
  Pair() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    ours = Descriptor(ends[0]);
    peer = Descriptor(ends[1]);
  }
  void peer_writes(std::string_view bytes) const {
    REQUIRE(::write(peer.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  // Until nothing more goes in.
  void fill() const {
    const std::string bytes(4096, 'x');
    while (::write(ours.get(), bytes.data(), bytes.size()) > 0) {
    }
  }
  void peer_reads_all() const {
    std::array<char, 65536> bytes{};
    while (::read(peer.get(), bytes.data(), bytes.size()) > 0) {
    }
  }
  Descriptor ours;
  Descriptor peer;
};

std::optional<Poller::Ready> wait_for_one(Poller& poller) {
  poller.wait(k_patience);
  return poller.next();
}

bool is_quiet(Poller& poller) {
  poller.wait(k_now);
  return !poller.has_next();
}

}  // namespace

TEST_CASE("a connection's input is told of once, and again when more has come") {
  Poller poller;
  const Pair pair;
  REQUIRE(poller.add_connection(pair.ours.get(), 7));
  CHECK(is_quiet(poller));

  for (int time = 0; time < 2; ++time) {
    pair.peer_writes("x");
    const auto ready = wait_for_one(poller);
    REQUIRE(ready);
    CHECK(ready->tag == 7);
    CHECK(ready->input);
    CHECK_FALSE(ready->last_input);
    CHECK_FALSE(ready->room);
    CHECK(is_quiet(poller));
  }
}

TEST_CASE("what came before a connection was added is told of, too") {
  Poller poller;
  const Pair pair;
  pair.peer_writes("x");
  REQUIRE(poller.add_connection(pair.ours.get(), 7));
  CHECK(wait_for_one(poller));
}

TEST_CASE("a peer that has said its last, or is gone, is told of as the last input") {
  Poller poller;
  Pair pair;
  REQUIRE(poller.add_connection(pair.ours.get(), 7));
  pair.peer_writes("x");
  SUBCASE("it may still read") {
    ::shutdown(pair.peer.get(), SHUT_WR);
    const auto ready = wait_for_one(poller);
    REQUIRE(ready);
    CHECK(ready->last_input);
    CHECK_FALSE(ready->room);
  }
  SUBCASE("it is gone, and whoever waits for room has to know, too") {
    pair.peer = Descriptor();
    const auto ready = wait_for_one(poller);
    REQUIRE(ready);
    CHECK(ready->last_input);
    CHECK(ready->room);
  }
}

TEST_CASE("room is told of when it is watched for, and there is some") {
  Poller poller;
  const Pair pair;
  REQUIRE(poller.add_connection(pair.ours.get(), 7));
  pair.fill();
  REQUIRE(poller.watch_room(pair.ours.get(), 7));
  CHECK(is_quiet(poller));
  for (int time = 0; time < 2; ++time) {
    pair.peer_reads_all();
    const auto ready = wait_for_one(poller);
    REQUIRE(ready);
    CHECK(ready->room);
    CHECK_FALSE(ready->input);
    while (!is_quiet(poller)) poller.next();
    pair.fill();
  }
}

TEST_CASE("a listener is told of until nothing is left, or it is removed") {
  Poller poller;
  const Pair pair;
  REQUIRE(poller.add_listener(pair.ours.get(), 9));
  pair.peer_writes("x");
  for (int time = 0; time < 2; ++time) {
    const auto ready = wait_for_one(poller);
    REQUIRE(ready);
    CHECK(ready->tag == 9);
  }
  poller.remove(pair.ours.get());
  CHECK(is_quiet(poller));
}
