// SPDX-License-Identifier: MIT
#include "client/streams.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "client/refusal.h"

namespace rt::client {
namespace {

// Keeps the order of members, as it shows the objects again.
using Json = nlohmann::ordered_json;

std::string line_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The library throws where a member is missing or of another type.
OpenStream row_of(const Json& row) {
  return {.user = row.at("user").get<std::string>(),
          .address = row.at("address").get<std::string>(),
          .age_seconds = row.at("age").get<double>(),
          .events = row.at("events").get<std::uint64_t>(),
          .bytes = row.at("bytes").get<std::uint64_t>(),
          .lag = row.at("lag").get<std::uint64_t>(),
          .lag_seconds = row.at("lagSeconds").get<double>(),
          .is_slow = row.at("slow").get<bool>(),
          .topics = row.at("topics").get<std::vector<std::string>>(),
          .topic_count = row.at("topicCount").get<std::uint64_t>(),
          .json = line_of(row)};
}

std::optional<OpenStreams> parse_streams(std::string_view text) {
  try {
    const Json body = Json::parse(text);
    OpenStreams streams{.count = body.at("streams").get<std::uint64_t>(),
                        .slow = body.at("slow").get<std::uint64_t>(),
                        .missing_shards = body.at("missingShards").get<std::uint64_t>(),
                        .rows = {},
                        .json = line_of(body)};
    for (const Json& row : body.at("rows")) streams.rows.push_back(row_of(row));
    return streams;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

base::Result<OpenStreams> fetch_streams(HttpConnection& connection, StreamOrder order, std::uint64_t limit,
                                        std::chrono::milliseconds timeout) {
  const auto answer =
      connection.get("/streams?sort=" + std::string(k_stream_orders[static_cast<std::size_t>(order)]) +
                         "&limit=" + std::to_string(limit),
                     timeout);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) return std::unexpected(refusal(*answer));
  auto streams = parse_streams(answer->body);
  if (!streams) {
    return base::fail(base::ErrorKind::refused, "the answer holds no streams",
                      "is it the admin listener of an rtserve?");
  }
  return *std::move(streams);
}

}  // namespace rt::client
