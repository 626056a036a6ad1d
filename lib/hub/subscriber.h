// SPDX-License-Identifier: MIT
// Subscriber: one open stream as the hub sees it: a position in each chain that it reads, never a queue.
// Owned by its connection, which must call Shard::close() before it goes. Its memory does not depend on its
// speed: besides the positions it holds at most one block whose write came up short. One thread, its shard's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "hub/form.h"
#include "hub/output.h"
#include "hub/thinning.h"
#include "hub/topic_index.h"

namespace rt::hub {

// Where a subscriber's bytes go: a socket, or a test's idea of one.
class Sink {
 public:
  virtual ~Sink() = default;
  // Takes as much as there is room for and returns how much that was. Less than all: the owner calls
  // Shard::on_writable() when there is room again. Nothing: the stream is dead and its owner will close it,
  // but not from within this call.
  virtual std::optional<std::size_t> write(std::string_view bytes) = 0;
};

class Subscriber {
 public:
  Subscriber(Sink& sink, Form form) : sink_(sink), form_(form) {}
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // A write came up short and the rest is waiting for room.
  bool blocked() const { return blocked_; }
  // How many it was sent, snapshots not counted.
  std::uint64_t events() const { return events_; }
  // The last byte of an ended stream has been written.
  bool ended() const { return ending_ && !(alone_ && alone_->farewell) && !blocked_; }

 private:
  friend class Shard;

  struct Feed {
    Channel* channel = nullptr;
    Link link = Link::topic;
    std::uint32_t slot = 0;  // this feed's place among the channel's readers
    Seq last = 0;            // the last event of the chain that this subscriber is done with; 0: none
    std::uint64_t seen = 0;  // how many events of the chain it is done with
  };
  // What is left of a block that did not fit into the socket.
  struct Rest {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
    std::size_t slot = 0;  // the subscriber's place among the blocked
  };
  // Where a walk over the newest events of the subscriber's topics has come to.
  struct Walk {
    enum class Of : std::uint8_t {
      snapshot,  // all, on connect
      held,      // positions that may have been held when the connection was lost that is resumed
      missed,    // positions that fell out of the window before they were walked
    };
    Of of;
    Mark until;                        // newer events are delivered live
    base::SteadyTime renewed_since{};  // held: older ones cannot be among them
    Seq since = 0;                     // missed: older ones have been walked
    std::string end{};                 // missed: what is said at the end
    std::uint32_t feed = 0;
    std::uint32_t slot = 0;
  };

  // What is there for this subscriber alone; most have none of it, most of the time.
  struct Alone {
    std::optional<std::string> head;  // of the response, until it went out
    std::string control;              // messages that go out before the next event
    std::optional<Walk> walk;
    std::unique_ptr<Thinning> thinning;   // of positions, where it was asked for
    std::optional<std::string> farewell;  // goes out behind the last event

    bool is_over() const { return !head && control.empty() && !walk && !thinning && !farewell; }
  };

  // All new.
  void make_feeds(std::size_t count) {
    feed_count_ = static_cast<std::uint32_t>(count);
    if (count > 1) feeds_ = std::make_unique<Feed[]>(count);
  }
  std::span<Feed> feeds() { return {feed_count_ == 1 ? &feed_ : feeds_.get(), feed_count_}; }
  std::span<const Feed> feeds() const { return {feed_count_ == 1 ? &feed_ : feeds_.get(), feed_count_}; }
  Alone& alone() {
    if (!alone_) alone_ = std::make_unique<Alone>();
    return *alone_;
  }
  const Walk* walk() const { return alone_ && alone_->walk ? &*alone_->walk : nullptr; }
  Walk* walk() { return alone_ && alone_->walk ? &*alone_->walk : nullptr; }
  Thinning* thinning() const { return alone_ ? alone_->thinning.get() : nullptr; }

  Sink& sink_;
  Form form_;
  bool blocked_ = false;
  bool dead_ = false;
  bool dirty_ = false;
  bool ending_ = false;
  std::uint32_t cuts_ = 0;  // how many cuts of the store it knows of
  std::uint32_t feed_count_ = 0;
  std::uint64_t events_ = 0;
  Feed feed_;                      // where it is the only one, as for most
  std::unique_ptr<Feed[]> feeds_;  // else
  std::unique_ptr<Alone> alone_;
  std::unique_ptr<Rest> rest_;
  Trail trail_;  // of a compressed stream
};

}  // namespace rt::hub
