// SPDX-License-Identifier: MIT
// GET /streams of an rtserve's admin listener: its open streams, those first that come first by lag, bytes,
// age or user. Main thread of a tool.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "client/http_connection.h"

namespace rt::client {

enum class StreamOrder { lag, bytes, age, user };
inline constexpr std::array<std::string_view, 4> k_stream_orders = {"lag", "bytes", "age", "user"};

struct OpenStream {
  std::string user;
  std::string address;
  double age_seconds = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lag = 0;  // events
  double lag_seconds = 0;
  bool is_slow = false;
  std::vector<std::string> topics;  // the first few
  std::uint64_t topic_count = 0;
  std::string json;  // all of it, as one line
};

struct OpenStreams {
  std::uint64_t count = 0;
  std::uint64_t slow = 0;
  std::uint64_t missing_shards = 0;  // that did not answer in time
  std::vector<OpenStream> rows;
  std::string json;  // all of it, as one line
};

// Errors as of fetch_stats().
base::Result<OpenStreams> fetch_streams(HttpConnection& connection, StreamOrder order, std::uint64_t limit,
                                        std::chrono::milliseconds timeout);

}  // namespace rt::client
