// SPDX-License-Identifier: MIT
#include "server/memory_watch.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

namespace {

using namespace rt;
using std::chrono::milliseconds;

struct Fixture {
  std::uint64_t resident = 100;
  std::uint64_t freed = 0;  // that the allocator has kept
  int looks = 0;
  int returns = 0;
  server::MemoryWatch watch{[this] {
                              ++looks;
                              return resident;
                            },
                            [this] {
                              ++returns;
                              resident -= std::exchange(freed, 0);
                            }};
  static base::SteadyTime at(int ms) { return base::SteadyTime(milliseconds(ms)); }
};

TEST_CASE_FIXTURE(Fixture, "memory is looked at ten times a second at most, and not at all without a limit") {
  for (int ms = 0; ms < 1000; ++ms) CHECK(!watch.is_over(0, at(ms)));
  CHECK(looks == 0);
  for (int ms = 0; ms < 1000; ++ms) CHECK(!watch.is_over(100, at(ms)));
  CHECK(looks == 10);
}

TEST_CASE_FIXTURE(Fixture, "the limit itself is allowed, a byte more is over, until it falls again") {
  CHECK(!watch.is_over(100, at(0)));
  CHECK(watch.is_over(99, at(0)));
  resident = 101;
  CHECK(watch.is_over(100, at(100)));
  resident = 100;
  CHECK(!watch.is_over(100, at(200)));
}

TEST_CASE_FIXTURE(Fixture, "what is free already is given back before anything is forgotten") {
  freed = 50;
  CHECK(!watch.relieve(60, at(0)));
  CHECK(returns == 1);
  CHECK(!watch.is_over(60, at(1)));
  CHECK(!watch.relieve(60, at(5000)));
  CHECK(returns == 1);
}

TEST_CASE_FIXTURE(Fixture, "while that does not suffice, something is to be forgotten, once a second") {
  int forgets = 0;
  for (int ms = 0; ms < 3000; ms += 50)
    if (watch.relieve(60, at(ms))) ++forgets;
  CHECK(forgets == 3);
  CHECK(watch.is_short());
  CHECK(returns == 3);
  // What was forgotten comes back to the system with the next turn, before any more is.
  freed = 50;
  CHECK(!watch.relieve(60, at(3000)));
  CHECK(!watch.relieve(60, at(3500)));
  CHECK(!watch.is_short());
  CHECK(!watch.relieve(0, at(9000)));
}

TEST_CASE("this process holds memory, and returning what is free does no harm") {
  const std::uint64_t before = server::resident_bytes();
  CHECK(before > 100'000);
  CHECK(before < std::uint64_t{100} << 30);
  constexpr std::size_t k_bytes = 64 << 20;
  constexpr std::size_t k_page_bytes = 4096;
  const std::unique_ptr<volatile char[]> held(new volatile char[k_bytes]);
  for (std::size_t at = 0; at < k_bytes; at += k_page_bytes) held[at] = 'x';
  CHECK(server::resident_bytes() > before + k_bytes / 2);
  server::return_freed_memory();
}

}  // namespace
