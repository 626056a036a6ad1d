// SPDX-License-Identifier: MIT
#include "server/stream_guest.h"

#include "base/log.h"

namespace rt::server {

namespace {

// A stream may follow a hundred topics; a line of the log is to be read.
constexpr std::size_t k_topics_in_log_max = 5;

// "orders/O-1,orders/O-2", "orders/O-1,orders/O-2,+95"
std::string loggable(const store::AudienceChange& topics) {
  std::string text;
  for (const std::string& topic : first_topics(topics, k_topics_in_log_max)) {
    if (!text.empty()) text += ',';
    text += topic;
  }
  const std::size_t count = topics.kinds.size() + topics.topics.size();
  if (count > k_topics_in_log_max) text += ",+" + std::to_string(count - k_topics_in_log_max);
  return text;
}

}  // namespace

std::vector<std::string> first_topics(const store::AudienceChange& topics, std::size_t count_max) {
  std::vector<std::string> first;
  for (const model::Kind kind : topics.kinds)
    if (first.size() < count_max) first.push_back(model::to_string(model::TopicPattern{kind, {}}));
  for (const model::Topic& topic : topics.topics) {
    if (first.size() == count_max) break;
    first.push_back(model::to_string(topic));
  }
  return first;
}

std::string_view name_of(net::CloseReason reason) {
  switch (reason) {
    case net::CloseReason::client_left:
      return "client_left";
    case net::CloseReason::token_expired:
      return "token_expired";
    case net::CloseReason::max_age:
      return "max_age";
    case net::CloseReason::draining:
      return "draining";
    case net::CloseReason::peer_dead:
      break;
  }
  return "peer_dead";
}

std::expected<std::unique_ptr<StreamGuest>, LimitReached> StreamGuest::admit(
    const Context& context, const auth::Subscription& subscription, const auth::Token& token,
    std::string address) {
  auto place =
      context.admission.admit(context.config->limits, token, subscription, address, context.clock.steady());
  if (!place) return std::unexpected(std::move(place).error());
  return std::unique_ptr<StreamGuest>(
      new StreamGuest(context.counts, subscription, token.subject, address, *std::move(place)));
}

StreamGuest::StreamGuest(Counts& counts, const auth::Subscription& subscription, std::string_view subject,
                         std::string_view address, Admission::Place place)
    : counts_(counts), address_bytes_(static_cast<std::uint16_t>(address.size())), place_(std::move(place)) {
  who_.reserve(address.size() + subject.size());
  who_.append(address).append(subject);
  for (const model::Kind kind : subscription.kinds()) ++subscriptions_[model::index_of(kind)];
  for (const model::Topic& topic : subscription.topics()) ++subscriptions_[model::index_of(topic.kind)];
  for (std::size_t kind = 0; kind < subscriptions_.size(); ++kind) {
    counts_.subscriptions[kind] += subscriptions_[kind];
  }
}

StreamGuest::~StreamGuest() {
  for (std::size_t kind = 0; kind < subscriptions_.size(); ++kind) {
    counts_.subscriptions[kind] -= subscriptions_[kind];
  }
}

void StreamGuest::on_opened(const hub::Verdict& verdict, const store::AudienceChange& topics) {
  ++counts_.streams_opened;
  if (verdict.resume == hub::Resume::resumed) ++counts_.resumed;
  if (verdict.resume == hub::Resume::gap) ++counts_.resume_gaps;
  if (!base::log_enabled(base::LogLevel::info)) return;
  const std::string_view resume = verdict.resume == hub::Resume::fresh     ? "fresh"
                                  : verdict.resume == hub::Resume::resumed ? "resumed"
                                                                           : "gap";
  base::log(base::LogLevel::info, "client connected",
            {{"client", address()},
             {"user", user()},
             {"topics", loggable(topics)},
             {"resume", resume},
             {"missed", verdict.missed}});
}

void StreamGuest::on_send_error(std::string_view why) {
  base::log(base::LogLevel::error, "cannot send to a client",
            {{"client", address()}, {"user", user()}, {"error", why}});
}

void StreamGuest::on_closed(net::CloseReason reason, const net::StreamTotals& totals,
                            const store::AudienceChange& topics) {
  ++counts_.streams_closed[static_cast<std::size_t>(reason)];
  if (!base::log_enabled(base::LogLevel::info)) return;
  base::log(base::LogLevel::info, "client disconnected",
            {{"client", address()},
             {"user", user()},
             {"topics", loggable(topics)},
             {"reason", name_of(reason)},
             {"seconds", static_cast<double>(totals.duration.count()) / 1000.0},
             {"events", totals.events},
             {"bytes", totals.bytes}});
}

}  // namespace rt::server
