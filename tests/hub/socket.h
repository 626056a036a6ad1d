// SPDX-License-Identifier: MIT
// Socket: a test's idea of where a subscriber's bytes go, with as much room as it is given.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hub/subscriber.h"

namespace rt::hub_test {

struct Socket final : hub::Sink {
  std::string received;
  std::size_t room = 1'000'000;
  std::size_t writes = 0;

  std::optional<std::size_t> write(std::string_view bytes) override {
    ++writes;
    const std::size_t taken = std::min(room, bytes.size());
    room -= taken;
    received += bytes.substr(0, taken);
    return taken;
  }
  // What came since the last look.
  std::string take() { return std::exchange(received, {}); }
};

}  // namespace rt::hub_test
