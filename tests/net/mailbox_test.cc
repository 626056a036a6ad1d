// SPDX-License-Identifier: MIT
#include "net/mailbox.h"

#include <doctest/doctest.h>

#include <thread>

namespace {

using rt::net::Mailbox;

TEST_CASE("what several threads post is taken whole, each thread's in its own order") {
  Mailbox<std::pair<int, int>> mailbox;
  constexpr int k_threads = 4;
  constexpr int k_items = 5000;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < k_threads; ++thread) {
    threads.emplace_back([&mailbox, thread] {
      for (int item = 0; item < k_items; item += 2) {
        mailbox.post({thread, item});
        std::vector<std::pair<int, int>> rest{{thread, item + 1}};
        mailbox.post_all(rest);
      }
    });
  }
  std::vector<int> next(k_threads, 0);
  int taken = 0;
  while (taken < k_threads * k_items) {
    mailbox.wait();
    for (const auto& [thread, item] : mailbox.take()) {
      REQUIRE(next[static_cast<std::size_t>(thread)]++ == item);
      ++taken;
    }
  }
  for (auto& thread : threads) thread.join();
  CHECK(mailbox.take().empty());
}

}  // namespace
