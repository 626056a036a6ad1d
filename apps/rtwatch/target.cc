// SPDX-License-Identifier: MIT
#include "rtwatch/target.h"

#include <utility>

#include "base/text.h"
#include "client/http_connection.h"
#include "model/topic.h"

namespace rt::rtwatch {
namespace {

base::Result<std::vector<model::TopicPattern>> patterns_of(const Options& options) {
  std::vector<model::TopicPattern> patterns;
  for (const auto& resource : model::k_resources) {
    for (const auto& id : options.ids[model::index_of(resource.kind)]) {
      if (!model::is_valid_id(id)) {
        return base::fail(base::ErrorKind::usage, "'" + base::printable(id) + "' is not an ID",
                          "1 to 128 characters of A-Z a-z 0-9 . _ ~ : -");
      }
      patterns.push_back(model::pattern_of({resource.kind, id}));
    }
  }
  for (const auto& text : options.patterns) {
    auto pattern = model::parse_topic_pattern(text);
    if (!pattern) {
      pattern.error().kind = base::ErrorKind::usage;
      return std::unexpected(pattern.error());
    }
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

std::string path_of(const std::vector<model::TopicPattern>& patterns) {
  const auto& first = patterns.front();
  if (patterns.size() == 1 && first.kind && first.id) return model::stream_path({*first.kind, *first.id});
  std::string path = std::string(model::k_url_prefix) + "/stream";
  for (const auto& pattern : patterns) {
    path += (&pattern == &first ? "?topic=" : "&topic=") + base::percent_encode(model::to_string(pattern));
  }
  return path;
}

bool is_same_server(const client::UrlParts& a, const client::UrlParts& b) {
  return a.is_tls == b.is_tls && a.port == b.port && base::equal_ignoring_case(a.host, b.host);
}

base::Result<Target> target_of_path(const Options& options) {
  const std::string& path = options.path;
  if (path.starts_with('/')) return Target{.server = options.client.server, .path = path};
  const auto url = client::parse_url(path);
  if (!url) {
    return base::fail(base::ErrorKind::usage,
                      "--path: '" + base::printable(path) + "' is neither a path nor a URL");
  }
  const auto server = client::parse_url(options.client.server);
  Target target;
  target.server = path.substr(0, path.find_first_of("/?#", path.find("://") + 3));
  target.path = url->path.starts_with('/') ? url->path : "/" + url->path;
  target.takes_token = server && is_same_server(*url, *server);
  return target;
}

}  // namespace

base::Result<Target> find_target(const Options& options) {
  const auto patterns = patterns_of(options);
  if (!patterns) return std::unexpected(patterns.error());
  if (patterns->empty() == options.path.empty()) {
    return base::fail(base::ErrorKind::usage,
                      patterns->empty() ? "nothing to follow" : "--path and IDs exclude each other",
                      "see 'rtwatch --help'");
  }
  if (patterns->empty()) return target_of_path(options);
  return Target{.server = options.client.server, .path = path_of(*patterns)};
}

}  // namespace rt::rtwatch
