// SPDX-License-Identifier: MIT
// Metrics: the counts of server and shards as Prometheus text. Names follow the Prometheus conventions: unit
// last, `_total` for what only rises. Read from the admin listener's threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/counts.h"
#include "server/key_source.h"
#include "server/overview.h"
#include "store/store.h"

namespace rt::server {

struct MetricsSources {
  const Counts& counts;
  const Overview& overview;
  bool ready;
  bool reload_successful;
  std::int64_t reloaded_at;               // Unix seconds
  std::optional<KeySource::Status> keys;  // unset: no keys come from a URL
  const store::Store& store;
};

std::string metrics_text(const MetricsSources& sources);

}  // namespace rt::server
