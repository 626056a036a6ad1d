// SPDX-License-Identifier: MIT
#include "rtwatch/curl.h"

namespace rt::rtwatch {
namespace {

// For a POSIX shell.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

std::string curl_command(const Options& options, const Target& target, const std::string& last_event_id) {
  const auto& client = options.client;
  std::string out = "curl -NL -H 'Accept: text/event-stream'";
  if (target.takes_token && !client.token_file.empty()) {
    out += " -H \"Authorization: Bearer $(cat " + quoted(client.token_file) + ")\"";
  } else if (target.takes_token && !client.token.empty()) {
    out += " -H \"Authorization: Bearer $RT_TOKEN\"";
  }
  if (!last_event_id.empty()) out += " -H " + quoted("Last-Event-ID: " + last_event_id);
  for (const auto& header : client.headers) out += " -H " + quoted(header);
  if (client.insecure) out += " -k";
  if (!client.ca_file.empty()) out += " --cacert " + quoted(client.ca_file);
  std::string server = target.server;
  while (server.ends_with('/')) server.pop_back();
  return out + " " + quoted(server + target.path);
}

}  // namespace rt::rtwatch
