// SPDX-License-Identifier: MIT
// StreamGuest: an open stream as the server counts and logs it. Admitted under the limits before its head is
// written, and out of the counts the moment it ends. Owned by its connection; that thread.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/service.h"
#include "server/api.h"

namespace rt::server {

class StreamGuest final : public net::Guest {
 public:
  // `address`: the client's, as server/client_address.h finds it.
  static std::expected<std::unique_ptr<StreamGuest>, LimitReached> admit(
      const Context& context, const auth::Subscription& subscription, const auth::Token& token,
      std::string address);
  ~StreamGuest() override;

  void on_opened(const hub::Verdict& verdict, const store::AudienceChange& topics) override;
  void on_send_error(std::string_view why) override;
  void on_closed(net::CloseReason reason, const net::StreamTotals& totals,
                 const store::AudienceChange& topics) override;
  std::string_view user() const override { return std::string_view(who_).substr(address_bytes_); }
  std::string_view address() const override { return std::string_view(who_).substr(0, address_bytes_); }

 private:
  StreamGuest(Counts& counts, const auth::Subscription& subscription, std::string_view subject,
              std::string_view address, Admission::Place place);

  Counts& counts_;
  // Only the numbers: the topics themselves are with the hub.
  std::array<std::uint16_t, model::k_kind_count> subscriptions_{};
  std::uint16_t address_bytes_;
  std::string who_;  // the address, then the token's subject
  Admission::Place place_;
};

std::string_view name_of(net::CloseReason reason);

// The first of what a stream follows, in words: "drivers/*", "orders/O-1".
std::vector<std::string> first_topics(const store::AudienceChange& topics, std::size_t count_max);

}  // namespace rt::server
