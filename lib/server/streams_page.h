// SPDX-License-Identifier: MIT
// The admin listener's /streams: the open streams that come first by lag, bytes, age or user, for
// `rtstat top`. Every shard is asked by its mailbox and looks at its streams a piece at a time, so that no
// delivery waits; one that does not answer within a second is left out, and said to be missing. It names
// users (the token's subject), addresses and topics, never tokens. Owned by the instance, and outlives the
// reactors; show() is for the admin's threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/reactor.h"
#include "net/survey.h"

namespace rt::server {

struct StreamsQuery {
  net::StreamOrder order = net::StreamOrder::lag;
  std::size_t rows_max = 20;
};

// An empty text stands for the default. An error says what would be right.
std::expected<StreamsQuery, std::string> parse_streams_query(std::string_view sort, std::string_view limit);

class StreamsPage {
 public:
  explicit StreamsPage(const std::vector<std::unique_ptr<net::Reactor>>& reactors) : reactors_(reactors) {}

  // Blocks, one caller after the other. {"streams":n,"slow":n,"missingShards":n,"rows":[...]}; a row's topics
  // are the first few.
  std::string show(const StreamsQuery& query);

 private:
  std::vector<net::SurveyPart> ask(const StreamsQuery& query);

  const std::vector<std::unique_ptr<net::Reactor>>& reactors_;
  // There from the start, for it takes a descriptor, of which none may be left.
  net::Mailbox<net::SurveyPart> parts_;
  std::atomic_flag is_asking_;
  std::uint64_t surveys_ = 0;
};

}  // namespace rt::server
