// SPDX-License-Identifier: MIT
// Survey: a question to every shard, which of its streams come first in some order: by how far they are
// behind, by age and so on. Whoever asks posts it to all shards and takes their answers from `parts`; a shard
// that hangs does not answer, or to a later question. Streams that come or go meanwhile may be in it or not.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/mailbox.h"
#include "store/audience.h"

namespace rt::net {

enum class StreamOrder : std::uint8_t { lag, bytes, age, user };  // largest first; users by name

struct StreamRow {
  std::uint64_t key = 0;  // what it is ordered by, but for the user
  std::string user;
  std::string address;
  store::AudienceChange topics;
  std::chrono::milliseconds age{0};
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lag_events = 0;
  std::chrono::milliseconds lag{0};  // for how long the first of them has been waiting
  bool is_blocked = false;           // the client takes no more for now
};

// By key, the largest first, or by user.
inline bool comes_before(std::uint64_t key_a, std::string_view user_a, std::uint64_t key_b,
                         std::string_view user_b, StreamOrder order) {
  return order == StreamOrder::user ? user_a < user_b : key_a > key_b;
}

struct SurveyPart {
  std::uint64_t survey = 0;     // which it belongs to
  std::vector<StreamRow> rows;  // at most as many as asked for, in no order
  std::uint64_t streams = 0;    // of the shard
  std::uint64_t blocked = 0;
};

struct Survey {
  std::uint64_t number = 0;  // given back with each part
  StreamOrder order = StreamOrder::lag;
  std::size_t rows_max = 1;
  Mailbox<SurveyPart>* parts = nullptr;  // outlives the shards
};

}  // namespace rt::net
