// SPDX-License-Identifier: MIT
// Admission: how many streams may be open, in all, for each user, topic and address, and how many events a
// token may publish in a second. One for all shards, exact also when they ask at once: it has a lock of its
// own, which is taken only where such a limit is set, by an opening, an ending or a publish, never on the way
// of an event to its readers. Any reactor's thread. Must outlive its Places, and the count of streams that it
// keeps must outlive it.
//
// What is counted stays right over a reload: a stream is counted under each kind of limit that was set at any
// time before it came, and leaves just those. Streams from before the first time that a kind of limit is set
// are not counted under it.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/rights.h"
#include "auth/token.h"
#include "base/clock.h"
#include "http/message.h"
#include "server/memory_watch.h"

namespace rt::server {

// 0 is no limit. Handed in with each question, for a reload may change them.
struct Limits {
  std::uint64_t clients = 0;
  std::uint64_t clients_per_user = 0;   // by the token's subject, or by the token when it has none
  std::uint64_t clients_per_topic = 0;  // each topic that is read; all of a kind count as one, `drivers/*`
  std::uint64_t clients_per_ip = 0;     // an IPv4 address, or the 64 bits that an IPv6 site hands out from
  std::uint64_t publish_rate = 0;       // events per second and token
  std::uint64_t memory_bytes = 0;       // of the process
};

enum class Limit : std::uint8_t { clients, user, topic, ip, publish_rate, memory };
inline constexpr std::size_t k_limit_count = 6;
std::string_view name_of(Limit limit);  // "max-clients-per-user": the option, and the metric's label

struct LimitReached {
  Limit limit;
  std::string detail;  // names the option, its value, and what to do
  std::chrono::seconds retry_after;
};
// 503 for what concerns the whole server, 429 for what concerns the asker; with Retry-After.
http::Response response_for(const LimitReached& reached);

class Admission {
 private:
  using Entry = std::pair<const std::string, std::uint64_t>;

 public:
  // `streams`: the open ones. Nobody else changes it; read anywhere, it never shows more than a limit allows,
  // and who has seen it fall finds the room that was left.
  explicit Admission(std::atomic<std::uint64_t>& streams,
                     std::unique_ptr<MemoryWatch> memory = std::make_unique<MemoryWatch>());
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // A stream's place under all limits, given back when it is destroyed.
  class Place {
   public:
    Place(Place&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)), entries_(std::move(other.entries_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (admission_ != nullptr) admission_->leave(entries_);
    }

   private:
    friend class Admission;
    explicit Place(Admission& admission) : admission_(&admission) {}
    Admission* admission_;
    std::vector<Entry*> entries_;  // where it is counted besides the total
  };

  // All limits or none: who is refused is counted nowhere.
  std::expected<Place, LimitReached> admit(const Limits& limits, const auth::Token& token,
                                           const auth::Subscription& subscription, std::string_view address,
                                           base::SteadyTime now);
  // Takes `events` from what the token may publish now: a second's worth at most when it was quiet. As long
  // as one is left more are given than there are, and owed: else what is sent at once could never be more
  // than the rate. With 0 it only asks whether there is one left.
  std::expected<void, LimitReached> take_publishes(const Limits& limits, const auth::Token& token,
                                                   std::uint64_t events, base::SteadyTime now);

  MemoryWatch& memory() const { return *memory_; }
  // Users, topics and addresses with an open stream, and tokens that have published lately: for tests.
  std::size_t entry_count() const;

 private:
  struct Tables;

  std::vector<std::pair<Limit, std::string>> keys_of(const Limits& limits, const auth::Token& token,
                                                     const auth::Subscription& subscription,
                                                     std::string_view address);
  bool take_total(const Limits& limits);
  void leave(const std::vector<Entry*>& entries);

  std::atomic<std::uint64_t>& streams_;
  std::unique_ptr<MemoryWatch> memory_;
  std::array<std::atomic<bool>, k_limit_count> counted_{};  // was that limit ever set?
  std::unique_ptr<Tables> tables_;
};

}  // namespace rt::server
