// SPDX-License-Identifier: MIT
#include <chrono>

#include "base/text.h"
#include "cli/exit_code.h"
#include "rtpush/input.h"
#include "rtpush/payload.h"
#include "rtpush/publish_one.h"
#include "rtpush/run.h"

namespace rt::rtpush {
namespace {

base::Result<std::string> read_all(const std::string& path) {
  auto input = Input::open(path);
  if (!input) {
    return std::unexpected(std::move(input).error());
  }
  constexpr std::chrono::milliseconds k_for_ever{-1};
  std::string all;
  while (true) {
    const auto piece = input->read(k_for_ever);
    if (!piece) {
      return std::unexpected(piece.error());
    }
    if (piece->bytes.empty()) {
      return all;
    }
    all.append(piece->bytes);
    if (all.size() > k_event_limits.event_bytes_max) {
      return base::fail(base::ErrorKind::invalid, input->name() + ": larger than an event may be (4 MiB)");
    }
  }
}

base::Result<std::string> given_object(const UpdateOptions& update) {
  if (!update.file.empty()) {
    auto object = read_all(update.file);
    if (object && base::trim(*object).empty()) {
      return base::fail(base::ErrorKind::invalid, base::printable(update.file, 400) + ": empty");
    }
    return object;
  }
  return update.json.value_or(std::string{});
}

}  // namespace

int run_update(const Options& options) {
  limit_time(options);
  const auto& update = options.update;
  const auto object = given_object(update);
  if (!object) {
    return cli::report(k_program, object.error());
  }
  // What --json says is the command line's fault, what a file says the input's.
  const auto refuse = [&update](base::ErrorKind kind, const std::string& what) {
    const bool is_option = kind == base::ErrorKind::invalid && update.json;
    return cli::report(k_program,
                       {is_option ? base::ErrorKind::usage : kind, (is_option ? "--json: " : "") + what, {}});
  };
  const auto payload = make_payload(*object, update.sets);
  if (!payload) {
    return refuse(payload.error().kind, payload.error().what);
  }
  for (const auto& warning : payload->warnings) {
    cli::notice(options.client, k_program, warning);
  }
  const auto event = model::parse_payload({update.kind, update.id}, payload->json, k_event_limits, {});
  if (!event) {
    return refuse(base::ErrorKind::invalid, event.error().what);
  }
  return publish_one(options, *event, event->payload);
}

}  // namespace rt::rtpush
