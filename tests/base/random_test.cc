// SPDX-License-Identifier: MIT
#include "base/random.h"

#include <doctest/doctest.h>

using rt::base::Random;

TEST_CASE("the same seed gives the same numbers") {
  Random a(7);
  Random b(7);
  for (int i = 0; i < 100; ++i) CHECK(a.next() == b.next());
}

TEST_CASE("numbers stay below their bound and bound 0 gives 0") {
  Random random(7);
  bool seen[5] = {};
  for (int i = 0; i < 1000; ++i) {
    const auto below = random.below(5);
    REQUIRE(below < 5);
    seen[below] = true;
    const double unit = random.unit();
    CHECK((unit >= 0 && unit < 1));
  }
  for (const bool each : seen) CHECK(each);
  CHECK(random.below(0) == 0);
}
