// SPDX-License-Identifier: MIT
// --check: what Nagios and its like ask of a plugin: one line with performance data, and an exit code of 0 to
// 3. Pure but for what is handed in.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "client/stats.h"

namespace rt::rtstat {

enum class Relation { below, at_most, above, at_least, equal, unequal };

// "totalClients>5000"
struct Threshold {
  std::string field;
  Relation relation = Relation::above;
  std::string number;  // as it was given
};

// The field is not looked at.
std::expected<Threshold, std::string> parse_threshold(std::string_view text);

enum class Verdict : int { ok = 0, warning = 1, critical = 2, unknown = 3 };

struct CheckResult {
  Verdict verdict = Verdict::ok;
  std::string line;  // with its end
};

CheckResult check(const client::Stats& stats, const std::vector<Threshold>& warn,
                  const std::vector<Threshold>& crit);
// Critical where the server is away or takes nothing; unknown where it is us who cannot ask.
CheckResult check_failed(const base::Error& error);

}  // namespace rt::rtstat
