// SPDX-License-Identifier: MIT
// --print-curl: the curl command that follows the same stream, to be pasted into a shell. The token itself is
// not in it, but where it comes from. Pure.
#pragma once

#include <string>

#include "rtwatch/options.h"
#include "rtwatch/target.h"

namespace rt::rtwatch {

std::string curl_command(const Options& options, const Target& target, const std::string& last_event_id);

}  // namespace rt::rtwatch
