// SPDX-License-Identifier: MIT
#include "rtwatch/notices.h"

#include <cstdio>

#include "base/text.h"
#include "cli/standard_output.h"
#include "model/json.h"

namespace rt::rtwatch {
namespace {

std::string member(std::string_view key, std::string_view text) {
  std::string out = ",\"" + std::string(key) + "\":";
  model::append_json_string(out, text);
  return out;
}

std::string member(std::string_view key, std::uint64_t number) {
  return ",\"" + std::string(key) + "\":" + std::to_string(number);
}

std::string events(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " event" : " events");
}

}  // namespace

void Notices::say(std::string_view name, const std::string& members, const std::string& line) {
  if (!options_.notices) return remark(line);
  // A failure shows with the next event.
  (void)cli::write_plain(as_json_ ? "{\"notice\":\"" + std::string(name) + "\"" + members + "}\n"
                                  : "# " + line + "\n");
}

void Notices::remark(const std::string& line) {
  cli::notice(options_.client, "rtwatch", line);
}

void Notices::opened(const client::Server& server) {
  server_ = server.url;
  if (options_.client.verbose > 0) remark("stream open at " + server.url);
}

void Notices::connected(const client::Control& control) {
  std::string members = member("server", server_) + member("resume", control.resume);
  std::string line = "connected to " + server_ + " (" + (control.resume.empty() ? "open" : control.resume);
  if (control.missed) {
    members += member("missed", *control.missed);
    line += ", " + events(*control.missed) + " to catch up";
  }
  if (!control.reason.empty()) members += member("reason", control.reason);
  say("connected", members, line + ")");
  if (control.resume == "gap") {
    say("gap", control.reason.empty() ? std::string() : member("reason", control.reason),
        "gap: " + (control.reason.empty() ? "events may have been missed" : control.reason));
  }
}

void Notices::control(const client::Control& control) {
  switch (control.type) {
    case client::ControlType::connected:
      return connected(control);
    case client::ControlType::gap: {
      std::string members;
      std::string line = "gap: ";
      if (control.missed) members += member("missed", *control.missed);
      line += control.missed ? events(*control.missed) + " skipped" : "events were skipped";
      if (!control.reason.empty()) {
        members += member("reason", control.reason);
        line += " (" + control.reason + ")";
      }
      return say("gap", members, line);
    }
    case client::ControlType::token_expiring: {
      const auto seconds =
          static_cast<std::uint64_t>(control.expires_in.value_or(std::chrono::seconds(0)).count());
      return say("token_expiring", member("expiresIn", seconds),
                 "the token expires in " + std::to_string(seconds) + " s");
    }
  }
}

void Notices::comment(std::string_view text) {
  if (options_.notices) {
    say("comment", member("text", text), "comment: " + base::printable(text));
  } else if (options_.client.verbose > 0) {
    remark("comment: " + base::printable(text));
  }
}

void Notices::lost(const client::Lost& lost) {
  char wait[32];
  std::snprintf(wait, sizeof wait, "%.1f", static_cast<double>(lost.wait.count()) / 1000);
  std::string line = lost.why + ", trying again in " + wait + " s (" + std::to_string(lost.attempt);
  if (options_.backoff.retries_max) line += " of " + std::to_string(*options_.backoff.retries_max);
  say("reconnecting", member("why", lost.why) + ",\"wait\":" + wait + member("attempt", lost.attempt),
      line + ")");
}

void Notices::closed(const std::string& why) {
  if (options_.notices) return say("closed", member("why", why), "closed: " + why);
  if (options_.client.verbose > 0) remark(why);
}

}  // namespace rt::rtwatch
