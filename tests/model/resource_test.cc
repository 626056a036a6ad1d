// SPDX-License-Identifier: MIT
#include "model/resource.h"

#include <doctest/doctest.h>

using namespace rt::model;

TEST_CASE("every resource is found by each of its names, and by no other") {
  for (const Resource& resource : k_resources) {
    CHECK(&resource_of(resource.kind) == &resource);
    CHECK(find_by_plural(resource.plural) == &resource);
    CHECK(find_by_singular(resource.singular) == &resource);
    CHECK(find_by_event_type(resource.event_type) == &resource);
    CHECK(find_by_plural(resource.singular) == nullptr);
  }
  for (const char* other : {"", "order ", "Order", "truck", "*"}) {
    CHECK(find_by_plural(other) == nullptr);
    CHECK(find_by_singular(other) == nullptr);
    CHECK(find_by_event_type(other) == nullptr);
  }
}
