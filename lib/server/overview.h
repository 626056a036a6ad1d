// SPDX-License-Identifier: MIT
// Overview: what can be told of the instance as a whole besides its counts. Filled before the reactors'
// threads start, and only read from then on; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "net/reactor.h"

namespace rt::server {

struct Overview {
  std::string version;
  base::SteadyTime started;
  base::WallTime started_wall;
  std::vector<const net::ReactorCounts*> reactors;
};

}  // namespace rt::server
