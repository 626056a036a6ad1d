// SPDX-License-Identifier: MIT
// Metrics: the counts of server and shards as Prometheus text. Names follow the Prometheus conventions: unit
// last,
// `_total` for what only rises. Read from the admin listener's threads.
#pragma once

#include <string>
#include <vector>

#include "net/reactor.h"
#include "server/counts.h"

namespace rt::server {

struct MetricsSources {
  const Counts& counts;
  std::vector<const net::ReactorCounts*> reactors;
  bool ready;
  std::string version;
};

std::string metrics_text(const MetricsSources& sources);

}  // namespace rt::server
