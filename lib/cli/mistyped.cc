// SPDX-License-Identifier: MIT
#include "cli/mistyped.h"

#include <unistd.h>

#include <algorithm>

#include "base/text.h"

namespace rt::cli {
namespace {

constexpr std::string_view k_config = "CONFIG";
constexpr std::size_t k_others_named_max = 3;

std::string list_of(const std::vector<std::string>& others) {
  std::string out;
  for (std::size_t at = 0; at < std::min(others.size(), k_others_named_max); ++at)
    out += (at == 0 ? "" : ", ") + others[at];
  if (others.size() > k_others_named_max)
    out += " and " + std::to_string(others.size() - k_others_named_max) + " more";
  return others.empty() ? out : out + ": no option's variable";
}

}  // namespace

Mistyped find_mistyped(const std::vector<std::string>& names, std::string_view config) {
  Mistyped found;
  if (!config.ends_with(k_config)) return found;
  const std::string_view prefix = config.substr(0, config.size() - k_config.size());
  // Without the prefix, which would make all of them alike.
  std::vector<std::string_view> known{k_config};
  for (const std::string_view name : names)
    if (name.starts_with(prefix)) known.push_back(name.substr(prefix.size()));
  std::vector<std::string> others;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (!text.starts_with(prefix) || equals == std::string_view::npos || equals + 1 == text.size()) continue;
    const std::string_view word = text.substr(prefix.size(), equals - prefix.size());
    if (std::ranges::find(known, word) != known.end()) continue;
    const std::string name = "$" + base::printable(text.substr(0, equals));
    if (const auto near = base::nearest(word, known); !near.empty()) {
      found.near_misses.push_back(name + " sets nothing; did you mean '$" + std::string(prefix) +
                                  std::string(near) + "'?");
    } else {
      others.push_back(name);
    }
  }
  found.others = list_of(others);
  return found;
}

}  // namespace rt::cli
