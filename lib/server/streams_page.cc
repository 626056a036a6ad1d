// SPDX-License-Identifier: MIT
#include "server/streams_page.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"
#include "model/json.h"
#include "server/stream_guest.h"

namespace rt::server {

namespace {

constexpr std::size_t k_rows_max = 1000;
constexpr std::size_t k_topics_max = 10;
constexpr std::chrono::milliseconds k_wait_max{1'000};

// By net::StreamOrder.
constexpr std::array<std::string_view, 4> k_orders = {"lag", "bytes", "age", "user"};

std::string seconds_of(std::chrono::milliseconds duration) {
  std::string text = std::to_string(duration.count() / 1000) + '.';
  const std::string ms = std::to_string(duration.count() % 1000);
  return text.append(3 - ms.size(), '0').append(ms);
}

void append_row(std::string& out, const net::StreamRow& row) {
  out += "{\"user\":";
  model::append_json_string(out, row.user);
  out += ",\"address\":";
  model::append_json_string(out, row.address);
  out += ",\"age\":" + seconds_of(row.age) + ",\"events\":" + std::to_string(row.events) +
         ",\"bytes\":" + std::to_string(row.bytes) + ",\"lag\":" + std::to_string(row.lag_events) +
         ",\"lagSeconds\":" + seconds_of(row.lag) + ",\"slow\":" + (row.is_blocked ? "true" : "false") +
         ",\"topics\":[";
  bool is_first = true;
  for (const std::string& topic : first_topics(row.topics, k_topics_max)) {
    if (!std::exchange(is_first, false)) out += ',';
    model::append_json_string(out, topic);
  }
  out += "],\"topicCount\":" + std::to_string(row.topics.kinds.size() + row.topics.topics.size()) + '}';
}

}  // namespace

std::expected<StreamsQuery, std::string> parse_streams_query(std::string_view sort, std::string_view limit) {
  StreamsQuery query;
  if (!sort.empty()) {
    const auto found = std::ranges::find(k_orders, sort);
    if (found == k_orders.end()) return std::unexpected("sort must be lag, bytes, age or user");
    query.order = static_cast<net::StreamOrder>(found - k_orders.begin());
  }
  if (!limit.empty()) {
    const auto rows = base::parse_unsigned(limit);
    if (!rows || *rows == 0 || *rows > k_rows_max) return std::unexpected("limit must be 1 to 1000");
    query.rows_max = *rows;
  }
  return query;
}

std::vector<net::SurveyPart> StreamsPage::ask(const StreamsQuery& query) {
  while (is_asking_.test_and_set()) is_asking_.wait(true);
  const net::Survey survey{++surveys_, query.order, query.rows_max, &parts_};
  for (const auto& reactor : reactors_) reactor->mailbox().post(survey);
  std::vector<net::SurveyPart> parts;
  const auto until = std::chrono::steady_clock::now() + k_wait_max;
  while (parts.size() < reactors_.size()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    parts_.wait(left);
    for (net::SurveyPart& part : parts_.take())
      if (part.survey == survey.number) parts.push_back(std::move(part));
  }
  is_asking_.clear();
  is_asking_.notify_one();
  return parts;
}

std::string StreamsPage::show(const StreamsQuery& query) {
  std::vector<net::StreamRow> rows;
  std::uint64_t streams = 0;
  std::uint64_t blocked = 0;
  std::vector<net::SurveyPart> parts = ask(query);
  for (net::SurveyPart& part : parts) {
    streams += part.streams;
    blocked += part.blocked;
    std::ranges::move(part.rows, std::back_inserter(rows));
  }
  std::ranges::sort(rows, [&query](const net::StreamRow& a, const net::StreamRow& b) {
    return comes_before(a.key, a.user, b.key, b.user, query.order);
  });
  if (rows.size() > query.rows_max) rows.resize(query.rows_max);
  std::string out = "{\"streams\":" + std::to_string(streams) + ",\"slow\":" + std::to_string(blocked) +
                    ",\"missingShards\":" + std::to_string(reactors_.size() - parts.size()) + ",\"rows\":[";
  for (const net::StreamRow& row : rows) {
    if (out.back() == '}') out += ',';
    append_row(out, row);
  }
  return out + "]}";
}

}  // namespace rt::server
