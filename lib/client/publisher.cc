// SPDX-License-Identifier: MIT
#include "client/publisher.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "base/text.h"

namespace rt::client {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view k_events_path = "/api/v1/realtime/events";
constexpr std::string_view k_events_type = "application/x-ndjson";

base::ErrorKind kind_of(int status) {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return base::ErrorKind::invalid;
    case 401:
    case 403:
      return base::ErrorKind::denied;
    case 404:
      return base::ErrorKind::not_found;
    case 429:
    case 503:
      return base::ErrorKind::busy;
    case 502:
    case 504:  // a proxy could not reach the server
      return base::ErrorKind::unavailable;
    default:
      return base::ErrorKind::refused;
  }
}

base::Error error_of(const Answer& answer) {
  base::Error error{.kind = kind_of(answer.status),
                    .what = "the server answered " + std::to_string(answer.status) + ": " +
                            base::printable(answer.detail(), 400),
                    .hint = {}};
  if (answer.status == 401) {
    error.hint = "give a valid token with --token-file or RT_TOKEN";
  } else if (answer.status == 404 || (answer.status >= 300 && answer.status < 400)) {
    error.hint = "is --server the address of an rtserve?";
  }
  return error;
}

std::unexpected<base::Error> not_ours(const Answer& answer) {
  const auto type = answer.headers.find("content-type");
  return base::fail(
      base::ErrorKind::refused,
      "the server answered " + std::to_string(answer.status) + " with " +
          (type == answer.headers.end() ? "no content type" : base::printable(type->second, 80)) +
          ", not with what rtserve answers",
      "is --server the address of an rtserve?");
}

std::optional<nlohmann::json> parse_answer(const Answer& answer) {
  auto json = nlohmann::json::parse(answer.body, nullptr, false);
  return json.is_object() ? std::optional(std::move(json)) : std::nullopt;
}

std::optional<std::uint64_t> count_in(const nlohmann::json& json, const char* name) {
  const auto member = json.find(name);
  return member != json.end() && member->is_number_unsigned() ? std::optional(member->get<std::uint64_t>())
                                                              : std::nullopt;
}

std::string text_in(const nlohmann::json& json, const char* name) {
  const auto member = json.find(name);
  return member != json.end() && member->is_string() ? member->get<std::string>() : std::string{};
}

base::Result<BulkPublished> bulk_of(const Answer& answer) {
  const auto json = parse_answer(answer);
  const auto accepted = json ? count_in(*json, "accepted") : std::nullopt;
  if (!accepted) {
    return not_ours(answer);
  }
  BulkPublished published{.accepted = *accepted, .rejected = {}, .last_id = text_in(*json, "lastId")};
  const auto rejected = json->find("rejected");
  if (rejected != json->end() && rejected->is_array()) {
    for (const auto& row : *rejected) {
      if (row.is_object()) {
        published.rejected.push_back({.line = static_cast<std::size_t>(count_in(row, "line").value_or(0)),
                                      .error = base::printable(text_in(row, "error"), 400)});
      }
    }
  }
  return published;
}

}  // namespace

bool is_passing(base::ErrorKind kind) {
  return kind == base::ErrorKind::busy || kind == base::ErrorKind::unavailable;
}

std::string make_idempotency_key() {
  std::array<unsigned char, 16> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    return {};  // only before Linux 3.17; the request then goes without a key
  }
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string key;
  for (const unsigned char byte : bytes) {
    key.push_back(k_digits[byte >> 4U]);
    key.push_back(k_digits[byte & 15U]);
  }
  return key;
}

base::Result<std::unique_ptr<Publisher>> Publisher::open(Server server, RetryOptions options) {
  auto connection = HttpConnection::open(std::move(server));
  if (!connection) {
    return std::unexpected(std::move(connection).error());
  }
  return std::unique_ptr<Publisher>(new Publisher(*std::move(connection), std::move(options)));
}

base::Result<Published> Publisher::publish(const model::Topic& topic, const std::string& payload) {
  const auto answer = send(model::stream_path(topic), "application/json", payload, make_idempotency_key());
  if (!answer) {
    return std::unexpected(answer.error());
  }
  const auto json = parse_answer(*answer);
  Published published;
  if (json) {
    published.id = text_in(*json, "id");
    published.subscribers = count_in(*json, "subscribers").value_or(0);
  }
  if (published.id.empty()) {
    return not_ours(*answer);
  }
  return published;
}

base::Result<BulkPublished> Publisher::publish_lines(const std::string& lines, const std::string& key) {
  const auto answer = send(std::string(k_events_path), std::string(k_events_type), lines, key);
  if (!answer) {
    return std::unexpected(answer.error());
  }
  return bulk_of(*answer);
}

base::Result<BulkPublished> Publisher::try_lines(const std::string& lines, const std::string& key) {
  const auto answer = attempt(std::string(k_events_path), std::string(k_events_type), lines, key);
  if (!answer) {
    return std::unexpected(answer.error());
  }
  return bulk_of(*answer);
}

base::Result<Answer> Publisher::attempt(const std::string& path, const std::string& content_type,
                                        const std::string& body, const std::string& key) {
  HttpConnection::Headers headers;
  if (!key.empty()) {
    headers.emplace_back("Idempotency-Key", key);
  }
  const auto post = [&] {
    return connection_->post(path, content_type, body, headers, options_.request_timeout);
  };
  auto answer = post();
  if (answer && answer->status == 401 && options_.renew_token) {
    if (auto token = options_.renew_token()) {
      connection_->set_token(*std::move(token));
      answer = post();
    }
  }
  retry_after_ = answer ? answer->retry_after() : std::nullopt;
  if (answer && answer->status >= 200 && answer->status < 300) {
    return answer;
  }
  auto error = answer ? error_of(*answer) : std::move(answer).error();
  if (error.kind == base::ErrorKind::timeout || error.kind == base::ErrorKind::io) {
    error.kind = base::ErrorKind::unavailable;
  }
  return std::unexpected(std::move(error));
}

base::Result<Answer> Publisher::send(const std::string& path, const std::string& content_type,
                                     const std::string& body, const std::string& key) {
  auto wait = options_.first_wait;
  for (int retries = 0;; ++retries) {
    auto answer = attempt(path, content_type, body, key);
    if (answer || !is_passing(answer.error().kind) || retries == options_.retries_max) {
      return answer;
    }
    auto& error = answer.error();
    auto pause = wait - milliseconds(random_.below(static_cast<std::uint64_t>(wait.count()) / 5 + 1));
    if (retry_after_ > options_.retry_after_max) {
      error.what += "; it asks to wait " + base::format_duration(*retry_after_);
      return answer;
    }
    pause = std::max(pause, retry_after_.value_or(pause));
    if (!options_.wait) {
      std::this_thread::sleep_for(pause);
    } else if (!options_.wait(error, pause)) {
      return answer;
    }
    wait = std::min(wait * 2, options_.wait_max);
  }
}

}  // namespace rt::client
