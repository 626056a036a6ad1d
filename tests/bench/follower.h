// SPDX-License-Identifier: MIT
// Follower: holds what one subscriber receives, over all its connections, against what was published:
// complete, in order, once, and every gap said. It keeps the number that comes next on each of its lanes.
// Pure; one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "bench/ledger.h"
#include "bench/plan.h"
#include "bench/tally.h"
#include "sse/decoder.h"
#include "sse/event_id.h"

namespace rt::bench {

class Follower {
 public:
  enum class Wanted : std::uint8_t {
    all,
    newest,  // of each lane; the stream asked for thinning
  };
  // Follows the topics; none given: all of the plan. `tally` outlives it.
  Follower(const Plan& plan, std::span<const std::uint32_t> topics, Wanted wanted, Tally& tally);

  // What was published so far, by lane, does not come: the streams are opened without snapshots.
  void expect_behind(std::span<const std::uint32_t> published);

  // A new connection, to resume from `last_event_id` unless that is empty.
  void on_connecting(std::string_view last_event_id);
  void take(const sse::Message& message, std::uint64_t received_ns);

  // A stream's head has come. A plain server's stream is connected by that: it says no `connected`.
  void on_head();

  bool is_plain() const { return is_plain_; }
  bool is_connected() const { return is_connected_; }
  // Of how many lanes a snapshot or an event came.
  std::size_t known_lanes() const { return known_; }
  bool is_complete(std::span<const std::uint32_t> published) const;

  // At the end of a run. `retained`: how many events the server holds. `snapshots`: did each connection live
  // long enough to get its snapshots?
  enum class Snapshots : std::uint8_t { whole, may_be_cut };
  void settle(std::span<const std::uint32_t> published, const Ledger* ledger, std::uint64_t retained,
              Snapshots snapshots);

 private:
  static constexpr std::uint32_t k_unknown = 0;

  // Said on connecting: what lies behind `asked` is not held any more, and the stream goes on behind `place`.
  struct Gap {
    sse::EventId asked;
    sse::EventId place;
  };
  // The first event of a lane since the stream began at `place`, where no snapshot came before it.
  struct First {
    sse::EventId place;
    std::uint32_t lane;
    std::uint32_t seq;
  };

  std::uint32_t lane_at(std::size_t slot) const {
    return lanes_.empty() ? static_cast<std::uint32_t>(slot) : lanes_[slot];
  }
  std::uint32_t* next_of(std::uint32_t lane);
  void take_event(const Stamp& stamp, std::string_view id, std::uint64_t received_ns);
  void take_snapshot(const Stamp& stamp);
  void take_control(const sse::Message& message);
  void take_connected(std::string_view json, sse::EventId id);
  void forget_places();
  void judge(const Gap& gap, const Ledger& ledger, std::uint64_t retained);
  void judge(const First& first, const Ledger& ledger);
  void fault(Fault kind, std::uint64_t count, const std::string& what);

  std::vector<std::uint32_t> lanes_;  // none: all of the plan
  std::vector<std::uint32_t> next_;   // for each of them
  std::size_t known_ = 0;
  Wanted wanted_;
  bool is_plain_;  // what is no event passes, and events need no id
  Tally& tally_;

  bool is_connected_ = false;
  bool asked_to_resume_ = false;
  bool is_given_ = false;  // expect_behind() said where lanes begin
  sse::EventId asked_;     // what this connection resumes from
  sse::EventId began_at_;  // where the stream began anew
  sse::EventId last_id_;
  std::int64_t unseen_gap_ = 0;  // events said to be missed, less those that were found missing
  std::vector<Gap> gaps_;
  std::vector<First> firsts_;
};

}  // namespace rt::bench
