// SPDX-License-Identifier: MIT
// The counts, and the streams of `top`, as they are printed. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "client/stats.h"
#include "client/streams.h"
#include "rtstat/options.h"
#include "rtstat/screen.h"

namespace rt::rtstat {

std::vector<Line> table_of(const client::Stats& stats);
std::vector<Line> table_of(const client::OpenStreams& streams, base::WallTime now);

// In each of the formats but table, with line ends. `with_header`: a CSV's header row comes first.
std::string text_of(const client::Stats& stats, const Options& options, Format format, base::WallTime now,
                    bool with_header);
std::string text_of(const client::OpenStreams& streams, Format format, base::WallTime now, bool with_header);

}  // namespace rt::rtstat
