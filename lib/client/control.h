// SPDX-License-Identifier: MIT
// The messages by which rtserve speaks of a stream instead of an order, run or driver: `connected`, `gap` and
// `token_expiring`. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rt::client {

enum class ControlType { connected, gap, token_expiring };

struct Control {
  ControlType type;
  std::optional<std::chrono::seconds> heartbeat;   // connected
  std::string resume;                              // connected: fresh, resumed, gap
  std::optional<std::uint64_t> missed;             // connected (resumed), gap
  std::string reason;                              // connected (gap), gap
  std::optional<std::chrono::seconds> expires_in;  // token_expiring
};

// Nothing when the message is an event, or not of rtserve.
std::optional<Control> parse_control(std::string_view data);

}  // namespace rt::client
