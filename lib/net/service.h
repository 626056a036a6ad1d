// SPDX-License-Identifier: MIT
// Service: what net asks of the server that it carries requests for. A request is shown twice: its head, so
// that one who may not come in is turned away before sending a body, and then whole. The outcome is an
// answer, a publish whose answer waits for the store, or a stream. Each reactor has a Service of its own,
// which only its thread calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "auth/rights.h"
#include "base/clock.h"
#include "http/message.h"
#include "hub/shard.h"
#include "model/event.h"
#include "store/store.h"

namespace rt::net {

enum class CloseReason : std::uint8_t { client_left, token_expired, max_age, draining, peer_dead };
inline constexpr std::size_t k_close_reason_count = 5;

struct StreamTotals {
  std::chrono::milliseconds duration{0};
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
};

// What the server keeps of an open stream, from its admission to its end: its place in the counts.
class Guest {
 public:
  virtual ~Guest() = default;
  virtual void on_opened(const hub::Verdict& verdict, const store::AudienceChange& topics) = 0;
  virtual void on_send_error(std::string_view why) = 0;
  virtual void on_closed(CloseReason reason, const StreamTotals& totals,
                         const store::AudienceChange& topics) = 0;
  virtual std::string_view address() const = 0;
  virtual std::string_view user() const = 0;  // the token's subject
};

// When a stream's leave ends, and by how much its close may be put off, so that not all that share a time
// close and come back at once.
struct Expiry {
  base::WallTime at;
  std::chrono::milliseconds spread{0};
};

struct OpenStream {
  auth::Subscription subscription;
  hub::Naming naming = hub::Naming::topics;
  hub::Snapshot snapshot = hub::Snapshot::send;
  hub::EventNames names = hub::EventNames::none;
  hub::Coding coding = hub::Coding::identity;
  std::chrono::milliseconds rate{0};  // at most one position per driver in that time; 0: all
  std::optional<std::string> last_event_id;
  std::optional<Expiry> expiry;                             // of the token
  std::chrono::milliseconds max_age{0};                     // a little less for most; 0: no limit
  std::vector<std::pair<std::string, std::string>> fields;  // besides those that every stream has
  const store::Store* store = nullptr;                      // which the events come from
  std::unique_ptr<Guest> guest;                             // null: HEAD, only the head is wanted
};

struct AskStore {
  std::vector<model::Event> events;
  std::string idempotency_key;
  std::shared_ptr<std::vector<store::Followed>> busiest;  // asked for instead, and filled before the answer
};

using Outcome = std::variant<http::Response, AskStore, OpenStream>;

// One request whose head was let through. Lives until its outcome, and until the answer where it asked the
// store.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual std::size_t body_bytes_max() const { return 0; }
  virtual Outcome finish(http::Request& request) = 0;
  // What the store's answer means to the client.
  virtual http::Response answer(const base::Result<store::Receipt>&) { std::abort(); }
};

class Peer {
 public:
  explicit Peer(std::string ip) : ip_(std::move(ip)) {}
  const std::string& ip() const { return ip_; }  // "127.0.0.1"

 private:
  std::string ip_;
};

class Service {
 public:
  virtual ~Service() = default;
  virtual std::variant<http::Response, std::unique_ptr<Exchange>> begin(const http::Request& request,
                                                                        const Peer& peer) = 0;
};

}  // namespace rt::net
