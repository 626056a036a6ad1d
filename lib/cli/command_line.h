// SPDX-License-Identifier: MIT
// The run of CLI11 as every program of ours does it: the same --help, --version and --config, our precedence
// (layers.h), our messages and our exit codes. CLI11 is included in the sources alone. Main thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/layers.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace rt::cli {

// Settings that every program gives CLI11: name, -h/--help, -V/--version, -c/--config, --print-config,
// options of the program also behind its subcommands. Call it before options and subcommands are added. The
// program then sets app.description() to one sentence and app.footer() to "Examples:" and three lines, which
// --help opens with.
void prepare(CLI::App& app, const std::string& program, const std::string& version);

// Parses. Nothing: go on. A number: exit with it (help, version or the configuration were printed, or the
// error was).
// `config_paths`: where the configuration file is looked for when neither --config nor its environment
// variable names one. The value of --token is overwritten in argv.
std::optional<int> parse(CLI::App& app, int argc, char** argv, const std::vector<std::string>& config_paths,
                         TakeSection take_section = {});
// The same for a program that reads its configuration again while it runs: prints and overwrites nothing.
base::Result<void> parse_again(CLI::App& app, int argc, char** argv,
                               const std::vector<std::string>& config_paths, TakeSection take_section);

// Gives each long option the environment variable PREFIX_ITS_NAME, unless it has one. Values of a repeatable
// option are separated by commas there.
void add_environment_names(CLI::App& app, const std::string& prefix);

// An option that takes a duration: "250ms", "15s", "10m", "1h", or a bare number of seconds ("1.5").
CLI::Option* add_duration(CLI::App& app, const std::string& names, std::chrono::milliseconds& target,
                          const std::string& description);
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);

// An option that takes one of a few words; `choose` is handed the index of the one given. What holds without
// it is said in the description, as "(default auto)".
CLI::Option* add_choice(CLI::App& app, const std::string& names, const std::vector<std::string>& words,
                        std::function<void(std::size_t)> choose, const std::string& description);

// Overwrites the value of `--name VALUE` and `--name=VALUE` with 'x's, so that `ps` does not show it.
void hide_in_argv(int argc, char** argv, std::string_view name);

}  // namespace rt::cli
