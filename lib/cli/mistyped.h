// SPDX-License-Identifier: MIT
// Environment variables that look like ours and set nothing: $RTSERVE_LISTN. Reads the environment; main
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rt::cli {

struct Mistyped {
  std::vector<std::string> near_misses;  // "$RTSERVE_LISTN sets nothing; did you mean '$RTSERVE_LISTEN'?"
  std::string others;                    // one sentence for all with nothing near; empty: there are none
};

// `names`: the variables that set something, PREFIX_NAME; `config`: one of them, PREFIX_CONFIG. Empty ones do
// not count, as they set nothing either.
Mistyped find_mistyped(const std::vector<std::string>& names, std::string_view config);

}  // namespace rt::cli
