// SPDX-License-Identifier: MIT
// The configuration file: the part of TOML 1.0 that options need. Comments, [sections], `key = value` with
// strings, numbers, booleans and arrays of these. CLI11's own reader is not used: it cuts strings at '#' and
// ',' and knows no line numbers. Pure; any thread. What a key means is layers.h's business.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace rt::cli {

struct ConfigEntry {
  std::vector<std::string> section;
  std::string key;
  std::vector<std::string> values;  // unquoted; more or fewer than one only for an array
  std::size_t line = 0;
};

struct ConfigFault {
  std::size_t line;
  std::string what;
};

inline constexpr std::size_t k_config_bytes_max = 1024 * 1024;

// Entries in the order of the file. The same key twice in a section is a fault.
std::expected<std::vector<ConfigEntry>, ConfigFault> parse_config(std::string_view text);

}  // namespace rt::cli
