// SPDX-License-Identifier: MIT
// Census: who listens to one instance of the server, or to all that share a store. Pure value; any thread.
#pragma once

#include <array>
#include <cstdint>

#include "model/resource.h"

namespace rt::store {

struct Census {
  std::array<std::uint64_t, model::k_kind_count> subscriptions{};  // by model::Kind
  std::uint64_t streams = 0;
  std::uint64_t instances = 1;
  bool operator==(const Census&) const = default;
};

}  // namespace rt::store
