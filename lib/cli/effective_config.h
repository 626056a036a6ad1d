// SPDX-License-Identifier: MIT
// What --print-config shows: each option's value as a line of TOML, and behind it where that came from. A
// configuration file as it stands, but for secrets: of these it says only that there are some. Pure.
#pragma once

#include <string>

#include "cli/layers.h"

namespace rt::cli {

// `app` was parsed with these layers.
std::string effective_config(const CLI::App& app, const Layers& layers);

}  // namespace rt::cli
