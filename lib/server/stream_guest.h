// SPDX-License-Identifier: MIT
// StreamGuest: an open stream as the server counts and logs it. Admitted under the limits before its head is
// written, and out of the counts the moment it ends. Owned by its connection; that thread.
#pragma once

#include <expected>
#include <memory>
#include <string>

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

  void on_opened(const hub::Verdict& verdict) override;
  void on_closed(net::CloseReason reason, const net::StreamTotals& totals) override;

 private:
  StreamGuest(Counts& counts, const auth::Subscription& subscription, std::string subject,
              std::string address, Admission::Place place);

  Counts& counts_;
  // Only the numbers: the topics themselves are with the hub.
  std::array<std::uint32_t, model::k_kind_count> subscriptions_{};
  std::string subject_;
  std::string address_;
  Admission::Place place_;
};

std::string_view name_of(net::CloseReason reason);

}  // namespace rt::server
