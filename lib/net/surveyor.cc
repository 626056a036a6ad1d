// SPDX-License-Identifier: MIT
#include "net/surveyor.h"

#include <algorithm>

#include "net/loop_context.h"

namespace rt::net {

namespace {

constexpr std::size_t k_places_per_turn_max = 1024;

std::uint64_t key_of(const StreamRow& row, StreamOrder order) {
  switch (order) {
    case StreamOrder::lag:
      return row.lag_events;
    case StreamOrder::bytes:
      return row.bytes;
    case StreamOrder::age:
      return static_cast<std::uint64_t>(row.age.count());
    case StreamOrder::user:
      break;
  }
  return 0;
}

}  // namespace

bool Surveyor::go_on(LoopContext& loop) {
  const auto next =
      loop.connections.for_some(from_, k_places_per_turn_max, [&](const Connection& connection) {
        if (const auto stream = connection.stream_view()) see(loop, *stream);
      });
  if (next) {
    from_ = *next;
    return false;
  }
  survey_.parts->post(std::move(part_));
  return true;
}

void Surveyor::see(const LoopContext& loop, const Connection::StreamView& stream) {
  const hub::Lag lag = loop.shard.lag_of(stream.subscriber);
  StreamRow row;
  row.age = loop.turn_time - stream.opened;
  row.events = stream.subscriber.events();
  row.bytes = stream.bytes;
  row.lag_events = lag.events;
  row.lag = std::max(loop.turn_time - lag.since, std::chrono::milliseconds(0));
  row.is_blocked = stream.subscriber.blocked();
  row.key = key_of(row, survey_.order);
  ++part_.streams;
  if (row.is_blocked) ++part_.blocked;

  const auto before = [this](const StreamRow& a, const StreamRow& b) {
    return comes_before(a.key, a.user, b.key, b.user, survey_.order);
  };
  std::vector<StreamRow>& rows = part_.rows;
  if (rows.size() == survey_.rows_max) {
    if (!comes_before(row.key, stream.guest.user(), rows.front().key, rows.front().user, survey_.order))
      return;
    std::ranges::pop_heap(rows, before);
    rows.pop_back();
  }
  row.user = stream.guest.user();
  row.address = stream.guest.address();
  row.topics = loop.shard.topics_of(stream.subscriber);
  rows.push_back(std::move(row));
  std::ranges::push_heap(rows, before);
}

}  // namespace rt::net
