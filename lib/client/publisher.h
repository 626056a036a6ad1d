// SPDX-License-Identifier: MIT
// Publisher: publishes over one keep-alive connection, again after 429, 503 and lost connections, with an
// Idempotency-Key per request, so that a retry never publishes twice. One instance, one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "client/http_connection.h"
#include "model/topic.h"

namespace rt::client {

struct RetryOptions {
  int retries_max = 5;
  std::chrono::milliseconds first_wait{250};  // doubled each time, less up to 20 % jitter
  std::chrono::milliseconds wait_max{10'000};
  std::chrono::milliseconds retry_after_max{60'000};  // a server that asks for more is given up at once
  std::chrono::milliseconds request_timeout{10'000};
  // After a 401: another token than before, if there is one by now; the request is then repeated with it,
  // once. Empty: there never is.
  std::function<std::optional<std::string>()> renew_token;
  // Waits that long before the next attempt; false: makes none. Told what went wrong. Empty: sleeps.
  std::function<bool(const base::Error&, std::chrono::milliseconds)> wait;
};

// Can the same request succeed later? (busy, unavailable)
bool is_passing(base::ErrorKind kind);
// 128 bits from the kernel, in hexadecimal: two runs of a program must not take each other's key.
std::string make_idempotency_key();

struct Published {
  std::string id;
  std::uint64_t subscribers = 0;
};

struct RejectedLine {
  std::size_t line = 0;  // from 1, within the batch
  std::string error;
};

struct BulkPublished {
  std::uint64_t accepted = 0;
  std::vector<RejectedLine> rejected;
  std::string last_id;
};

class Publisher {
 public:
  static base::Result<std::unique_ptr<Publisher>> open(Server server, RetryOptions options = {});

  // `payload`: the body for the topic's stream URL. Errors: denied (401, 403), invalid (400, 413, 422),
  // not_found (404), busy (429, 503 after the retries), unavailable (no connection, or a proxy without one,
  // after the retries), refused otherwise: also when the answer is not rtserve's. Sleeps between retries.
  base::Result<Published> publish(const model::Topic& topic, const std::string& payload);
  // `lines`: whole events, one a line (POST /api/v1/realtime/events). `key`: of its own for these lines; who
  // sends them again, after an error, gives it again.
  base::Result<BulkPublished> publish_lines(const std::string& lines, const std::string& key);
  // The same without retries.
  base::Result<BulkPublished> try_lines(const std::string& lines, const std::string& key);
  // What the last answer asked for with Retry-After.
  std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }

 private:
  explicit Publisher(std::unique_ptr<HttpConnection> connection, RetryOptions options)
      : connection_(std::move(connection)), options_(std::move(options)) {}
  base::Result<Answer> send(const std::string& path, const std::string& content_type, const std::string& body,
                            const std::string& key);
  base::Result<Answer> attempt(const std::string& path, const std::string& content_type,
                               const std::string& body, const std::string& key);

  std::unique_ptr<HttpConnection> connection_;
  RetryOptions options_;
  std::optional<std::chrono::milliseconds> retry_after_;
  base::Random random_;
};

}  // namespace rt::client
