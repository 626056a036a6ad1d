// SPDX-License-Identifier: MIT
// Where an option's value comes from: flag, then environment, then file, then default. CLI11 reads its file
// before the environment, so that the file would win; this reader hands CLI11 both, already sorted out.
// An option that excludes another also hides the other's value from the layers below it: `--token` on the
// command line beats $RT_TOKEN_FILE. Main thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config_file.h"

namespace CLI {
class App;
}

namespace rt::cli {

// Where the values of options ("--server") come from that no flag gave: "client.toml:3" or "$RT_SERVER".
using Places = std::map<std::string, std::string, std::less<>>;

// A sentence that begins with such an option ("--server: ...") then begins with its place instead
// ("client.toml:3: server: ..."). False when it was given as a flag, or no option begins it.
bool put_place(std::string& sentence, const Places& places);

class Layers {
 public:
  virtual ~Layers() = default;
  virtual const Places& places() const = 0;
  // The file that was read; empty: none.
  virtual std::string file() const = 0;
  // What the file has in sections, as TakeSection was told.
  virtual const std::vector<ConfigEntry>& sections() const = 0;
  // Variables that look like ours and set nothing, a sentence each.
  virtual const std::vector<std::string>& warnings() const = 0;
};

// Told of each entry of the file that stands in a section; gives what is wrong with it, or nothing.
using TakeSection = std::function<std::optional<std::string>(const ConfigEntry&)>;

// That of an app that install_layers() was called for.
const Layers& layers_of(const CLI::App& app);

// Looks for the file: the one that the environment names, else the first of `paths` that can be read. `app`
// has a config option (set_config) and keeps the Layers alive.
// `take_section` may be empty: then every section is unknown.
const Layers& install_layers(CLI::App& app, const std::vector<std::string>& paths, TakeSection take_section);

// Long names, without dashes, of what a file or the environment may set.
std::vector<std::string> configurable_names(const CLI::App& app);

// Can anybody but the owner read a file of this mode?
bool is_readable_by_others(unsigned mode);

}  // namespace rt::cli
