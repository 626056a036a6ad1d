// SPDX-License-Identifier: MIT
#include "rtpush/publish_one.h"

#include <poll.h>

#include <utility>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/standard_output.h"
#include "model/json.h"
#include "rtpush/interrupt.h"
#include "rtpush/run.h"

namespace rt::rtpush {
namespace {

std::string describe(const model::Topic& topic, const client::Published& published, OutputFormat output) {
  if (output == OutputFormat::json) {
    std::string json = "{\"topic\":";
    model::append_json_string(json, model::to_string(topic));
    json += ",\"id\":";
    model::append_json_string(json, published.id);
    return json + ",\"subscribers\":" + std::to_string(published.subscribers) + "}";
  }
  return std::string(model::resource_of(topic.kind).singular) + " " + topic.id + ": accepted (id " +
         base::printable(published.id) + ", " + std::to_string(published.subscribers) +
         (published.subscribers == 1 ? " subscriber)" : " subscribers)");
}

base::Result<void> publish_and_print(const Options& options, const model::Event& event,
                                     const std::string& body) {
  if (options.dry_run) {
    std::string json;
    model::append_event_json(json, event);
    return cli::write_out(json + "\n");
  }
  const auto publisher = open_publisher(options);
  if (!publisher) {
    return std::unexpected(publisher.error());
  }
  const auto published = (*publisher)->publish(event.topic, body);
  if (!published) {
    return std::unexpected(published.error());
  }
  return cli::write_out(describe(event.topic, *published, options.output) + "\n");
}

}  // namespace

void limit_time(const Options& options) {
  if (options.timeout.count() > 0) {
    cli::watch_reader(options.timeout, [&options] {
      cli::notice(options.client, k_program, "no more time after " + base::format_duration(options.timeout));
      return static_cast<int>(cli::k_timeout);
    });
  }
}

int publish_one(const Options& options, const model::Event& event, const std::string& body) {
  const auto done = publish_and_print(options, event, body);
  return done ? cli::k_ok : cli::report(k_program, done.error());
}

base::Result<std::unique_ptr<client::Publisher>> open_publisher(const Options& options) {
  auto server = cli::make_server(options.client);
  if (!server) {
    return std::unexpected(std::move(server).error());
  }
  client::RetryOptions retry;
  // A feed may outlast its token; whoever renews it writes the file.
  retry.renew_token = [&options, used = server->token]() mutable -> std::optional<std::string> {
    const auto now = cli::make_server(options.client);
    if (!now || now->token == used) {
      return std::nullopt;
    }
    return used = now->token;
  };
  retry.wait = [&options](const base::Error& error, std::chrono::milliseconds wait) {
    cli::notice(options.client, k_program, error.what + "; trying again in " + base::format_duration(wait));
    poll(nullptr, 0, static_cast<int>(wait.count()));  // which a signal ends
    return caught_signal() == 0;
  };
  return client::Publisher::open(*std::move(server), std::move(retry));
}

}  // namespace rt::rtpush
