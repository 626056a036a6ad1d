// SPDX-License-Identifier: MIT
// Where an option's value comes from: flag, then environment, then file, then default. CLI11 reads its file
// before the environment, so that the file would win; this reader hands CLI11 both, already sorted out.
// An option that excludes another also hides the other's value from the layers below it: `--token` on the
// command line beats $RT_TOKEN_FILE. Main thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config_file.h"

namespace CLI {
class App;
}

namespace rt::cli {

class Layers {
 public:
  virtual ~Layers() = default;
  // "client.toml:3: server: " or "$RT_SERVER: " when the value of the option `name` ("--server") came from
  // the file or the environment, else empty.
  virtual std::string place_of(std::string_view name) const = 0;
};

// Told of each entry of the file that stands in a section; gives what is wrong with it, or nothing.
using TakeSection = std::function<std::optional<std::string>(const ConfigEntry&)>;

// Looks for the file: the one that the environment names, else the first of `paths` that can be read. `app`
// has a config option (set_config) and keeps the Layers alive.
// `take_section` may be empty: then every section is unknown.
const Layers& install_layers(CLI::App& app, const std::vector<std::string>& paths, TakeSection take_section);

// Long names, without dashes, of what a file or the environment may set.
std::vector<std::string> configurable_names(const CLI::App& app);

// Can anybody but the owner read a file of this mode?
bool is_readable_by_others(unsigned mode);

}  // namespace rt::cli
