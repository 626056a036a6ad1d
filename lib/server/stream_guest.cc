// SPDX-License-Identifier: MIT
#include "server/stream_guest.h"

#include "base/log.h"

namespace rt::server {

std::string_view name_of(net::CloseReason reason) {
  switch (reason) {
    case net::CloseReason::client_left:
      return "client_left";
    case net::CloseReason::token_expired:
      return "token_expired";
    case net::CloseReason::draining:
      return "draining";
    case net::CloseReason::peer_dead:
      break;
  }
  return "peer_dead";
}

std::expected<std::unique_ptr<StreamGuest>, http::Response> StreamGuest::admit(
    const Context& context, const auth::Subscription& subscription, const std::string& subject,
    const net::Peer& peer) {
  const std::uint64_t limit = context.config.clients_max.value_or(0);
  // Counted first and looked at then: of many who come at once, none slips past the limit.
  if (context.counts.streams++ >= limit && limit != 0) {
    --context.counts.streams;
    ++context.counts.limited;
    http::Response response = http::problem(
        503, "as many streams are open as --max-clients allows (" + std::to_string(limit) + ")");
    response.fields.emplace_back("Retry-After", "5");
    return std::unexpected(std::move(response));
  }
  return std::unique_ptr<StreamGuest>(new StreamGuest(context, subscription, subject, peer));
}

StreamGuest::StreamGuest(const Context& context, const auth::Subscription& subscription, std::string subject,
                         const net::Peer& peer)
    : context_(context), subject_(std::move(subject)), peer_(peer) {
  for (const model::Kind kind : subscription.kinds()) ++subscriptions_[model::index_of(kind)];
  for (const model::Topic& topic : subscription.topics()) ++subscriptions_[model::index_of(topic.kind)];
  for (std::size_t kind = 0; kind < subscriptions_.size(); ++kind) {
    context_.counts.subscriptions[kind] += subscriptions_[kind];
  }
}

StreamGuest::~StreamGuest() {
  for (std::size_t kind = 0; kind < subscriptions_.size(); ++kind) {
    context_.counts.subscriptions[kind] -= subscriptions_[kind];
  }
  --context_.counts.streams;
}

void StreamGuest::on_opened(const hub::Verdict& verdict) {
  ++context_.counts.streams_opened;
  if (verdict.resume == hub::Resume::resumed) ++context_.counts.resumed;
  if (verdict.resume == hub::Resume::gap) ++context_.counts.resume_gaps;
  if (!base::log_enabled(base::LogLevel::info)) return;
  const std::string_view resume = verdict.resume == hub::Resume::fresh     ? "fresh"
                                  : verdict.resume == hub::Resume::resumed ? "resumed"
                                                                           : "gap";
  base::log(
      base::LogLevel::info, "client connected",
      {{"peer", peer_.address()}, {"subject", subject_}, {"resume", resume}, {"missed", verdict.missed}});
}

void StreamGuest::on_closed(net::CloseReason reason, const net::StreamTotals& totals) {
  ++context_.counts.streams_closed[static_cast<std::size_t>(reason)];
  if (!base::log_enabled(base::LogLevel::info)) return;
  base::log(base::LogLevel::info, "client disconnected",
            {{"peer", peer_.address()},
             {"subject", subject_},
             {"reason", name_of(reason)},
             {"seconds", static_cast<double>(totals.duration.count()) / 1000.0},
             {"bytes", totals.bytes}});
}

}  // namespace rt::server
