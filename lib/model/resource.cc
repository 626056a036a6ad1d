// SPDX-License-Identifier: MIT
#include "model/resource.h"

#include <algorithm>

namespace rt::model {

namespace {

// The table is indexed by kind.
static_assert([] {
  for (std::size_t i = 0; i < k_resources.size(); ++i) {
    if (index_of(k_resources[i].kind) != i) return false;
  }
  return true;
}());

const Resource* find_by(std::string_view Resource::* column, std::string_view text) {
  const auto* const row = std::ranges::find(k_resources, text, column);
  return row == k_resources.end() ? nullptr : row;
}

}  // namespace

const Resource* find_by_plural(std::string_view plural) {
  return find_by(&Resource::plural, plural);
}

const Resource* find_by_singular(std::string_view singular) {
  return find_by(&Resource::singular, singular);
}

const Resource* find_by_event_type(std::string_view event_type) {
  return find_by(&Resource::event_type, event_type);
}

}  // namespace rt::model
