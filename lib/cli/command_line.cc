// SPDX-License-Identifier: MIT
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "cli/effective_config.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/layers.h"
#include "cli/standard_output.h"

namespace rt::cli {
namespace {

constexpr const char* k_print_config = "--print-config";

void collect_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const CLI::App* sub : app.get_subcommands()) collect_names(*sub, names);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const auto near = base::nearest(word, candidates);
  return near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?";
}

std::string see_help(const CLI::App& app) {
  return "see '" + app.get_name() + " --help'";
}

bool is_option(std::string_view extra) {
  return extra.size() > 1 && extra.front() == '-' && extra != "--";
}

base::Error unknown_option(const CLI::App& app, const std::string& extra) {
  // Its value is not repeated: it may be a secret.
  const std::string name = extra.starts_with("--") ? extra.substr(0, extra.find('=')) : extra.substr(0, 2);
  std::vector<std::string> names;
  collect_names(app, names);
  auto hint = did_you_mean(name, names);
  return {base::ErrorKind::usage, "unknown option '" + base::printable(name) + "'",
          hint.empty() ? see_help(app) : hint};
}

// What CLI11 could not place. A command that is not known comes first, as its options cannot be known either.
std::optional<base::Error> explain_extras(const CLI::App& app) {
  auto extras = app.remaining(true);
  std::erase(extras, "--");
  if (extras.empty()) return std::nullopt;
  std::vector<std::string> commands;
  for (const CLI::App* sub : app.get_subcommands(nullptr)) commands.push_back(sub->get_name());
  if (!commands.empty() && app.get_subcommands().empty() && !is_option(extras.front())) {
    auto hint = did_you_mean(extras.front(), commands);
    return base::Error{base::ErrorKind::usage, "unknown command '" + base::printable(extras.front()) + "'",
                       hint.empty() ? see_help(app) : hint};
  }
  const auto option = std::ranges::find_if(extras, is_option);
  if (option != extras.end()) return unknown_option(app, *option);
  return base::Error{base::ErrorKind::usage, "unexpected argument '" + base::printable(extras.front()) + "'",
                     see_help(app)};
}

std::string explain_file(const CLI::App& app) {
  const auto path = app.get_config_ptr()->as<std::string>();
  errno = 0;
  const std::ifstream file(path);
  const int error = errno;
  return "configuration file '" + base::printable(path, 400) + "': " +
         (file.good()  ? "not a file"
          : error != 0 ? std::strerror(error)
                       : "cannot be read");
}

bool replace_end(std::string& text, std::string_view from, std::string_view end) {
  const auto at = text.find(from);
  if (at == std::string::npos) return false;
  text.replace(at, std::string::npos, end);
  return true;
}

// CLI11's sentences in our words; they name the option first ("--count: ...").
std::string reworded(const CLI::ParseError& error) {
  std::string what = error.what();
  constexpr std::string_view k_convert = "Could not convert: ";
  if (what.starts_with(k_convert)) {
    what.erase(0, k_convert.size());
    const auto at = what.find(" = ");
    if (at == std::string::npos) return what;
    return what.substr(0, at) + ": '" + base::printable(what.substr(at + 3)) + "' is not valid";
  }
  if (error.get_name() == "ArgumentMismatch") {
    if (replace_end(what, ": At Most 1 ", " may be given only once")) return what;
    if (const auto at = what.find(": "); at != std::string::npos && what.ends_with(" missing")) {
      return what.substr(0, at) + " needs a value";
    }
  }
  if (error.get_name() == "ExcludesError") {
    if (const auto at = what.find(" excludes "); at != std::string::npos) {
      return what.substr(0, at) + " and " + what.substr(at + 10) + " exclude each other";
    }
  }
  if (what.starts_with("A subcommand")) return "a command is required";
  return what;
}

base::Error explain(const CLI::App& app, const Layers& layers, const CLI::ParseError& error) {
  if (auto extras = explain_extras(app)) return *std::move(extras);
  const std::string kind = error.get_name();
  if (kind == "FileError") return {base::ErrorKind::configuration, explain_file(app), {}};
  std::string what = reworded(error);
  std::string hint;
  if (const auto at = what.find(kind == "ConfigError" ? "; " : "; did you mean "); at != std::string::npos) {
    hint = what.substr(at + 2);
    what.resize(at);
  }
  if (kind == "ConfigError") return {base::ErrorKind::configuration, what, hint};
  if (put_place(what, layers.places())) return {base::ErrorKind::configuration, what, hint};
  return {base::ErrorKind::usage, what, hint.empty() ? see_help(app) : hint};
}

// The word that "(default WORD)" names; none where that depends on more.
std::string default_among(const std::vector<std::string>& words, const std::string& description) {
  for (const auto& word : words)
    if (description.find("(default " + word + ")") != std::string::npos) return word;
  return {};
}

bool wants_config(const CLI::App& app) {
  return app.get_option(k_print_config)->count() > 0;
}

base::Result<std::optional<int>> print(const std::string& text) {
  if (auto written = write_out(text); !written) return std::unexpected(written.error());
  return k_ok;
}

// A number when help, version or the configuration were asked for, and printed.
base::Result<std::optional<int>> attempt(CLI::App& app, int argc, char** argv,
                                         const std::vector<std::string>& config_paths,
                                         TakeSection take_section) {
  const Layers& layers = install_layers(app, config_paths, std::move(take_section));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print(app.help());
  } catch (const CLI::CallForVersion& version) {
    return print(std::string(version.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    // What a command would need is of no matter to the configuration.
    const bool lacks_only_command = error.get_name() == "RequiredError" && !explain_extras(app);
    if (!lacks_only_command || !wants_config(app)) return std::unexpected(explain(app, layers, error));
  } catch (const CLI::Error& error) {
    return base::fail(base::ErrorKind::internal, error.what());
  }
  if (wants_config(app)) return print(effective_config(app, layers));
  return std::nullopt;
}

}  // namespace

void prepare(CLI::App& app, const std::string& program, const std::string& version) {
  app.name(program);
  use_our_help(app);
  app.fallthrough();
  app.allow_windows_style_options(false);
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("-V,--version", program + " " + version, "Show the version")->configurable(false);
  app.set_config("-c,--config", "", "Configuration file (TOML)")->type_name("FILE");
  app.add_flag(k_print_config)->description("Show what is set and by what, and end")->configurable(false);
  app.option_defaults()->always_capture_default();
  app.get_help_ptr()->configurable(false);
}

std::optional<int> parse(CLI::App& app, int argc, char** argv, const std::vector<std::string>& config_paths,
                         TakeSection take_section) {
  const auto parsed = attempt(app, argc, argv, config_paths, std::move(take_section));
  hide_in_argv(argc, argv, "--token");
  if (!parsed) return report(app.get_name().c_str(), parsed.error());
  const CLI::Option* quiet = app.get_option_no_throw("--quiet");
  if (quiet == nullptr || quiet->count() == 0) {
    for (const auto& warning : layers_of(app).warnings())
      std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), warning.c_str());
  }
  return *parsed;
}

base::Result<void> parse_again(CLI::App& app, int argc, char** argv,
                               const std::vector<std::string>& config_paths, TakeSection take_section) {
  const auto parsed = attempt(app, argc, argv, config_paths, std::move(take_section));
  if (!parsed) return std::unexpected(parsed.error());
  return {};
}

void add_environment_names(CLI::App& app, const std::string& prefix) {
  for (CLI::Option* option : app.get_options(nullptr)) {
    const bool takes_part = option->get_configurable() || option == app.get_config_ptr();
    if (!takes_part || option->get_lnames().empty() || !option->get_envname().empty()) continue;
    std::string name = prefix;
    for (const char c : option->get_lnames().front()) {
      name.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    option->envname(name);
  }
}

std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
  if (const auto duration = base::parse_duration(text)) return duration;
  const auto seconds = base::parse_decimal(text);
  constexpr double k_seconds_max = 10.0 * 366 * 86400;
  if (!seconds || *seconds < 0 || *seconds > k_seconds_max) return std::nullopt;
  return std::chrono::milliseconds(std::llround(*seconds * 1000));
}

CLI::Option* add_duration(CLI::App& app, const std::string& names, std::chrono::milliseconds& target,
                          const std::string& description) {
  const auto store = [&target](const std::string& text) { target = parse_seconds(text).value_or(target); };
  return app.add_option_function<std::string>(names, store, description)
      ->type_name("SEC")
      ->default_str(base::format_duration(target))
      ->check([](const std::string& text) {
        return parse_seconds(text)
                   ? std::string()
                   : "'" + base::printable(text) + "' is not a duration, as 30, 1.5, 250ms or 10m";
      });
}

CLI::Option* add_choice(CLI::App& app, const std::string& names, const std::vector<std::string>& words,
                        std::function<void(std::size_t)> choose, const std::string& description) {
  const auto store = [words, choose = std::move(choose)](const std::string& text) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == text) choose(i);
    }
  };
  std::string listed;
  for (const auto& word : words) listed += (listed.empty() ? "" : "|") + word;
  return app.add_option_function<std::string>(names, store, description)
      ->type_name(listed)
      ->default_str(default_among(words, description))
      ->check([words, listed](const std::string& text) {
        for (const auto& word : words) {
          if (word == text) return std::string();
        }
        const auto hint = did_you_mean(text, words);
        return "'" + base::printable(text) + "' is not one of " + listed + (hint.empty() ? "" : "; " + hint);
      });
}

void hide_in_argv(int argc, char** argv, std::string_view name) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") return;
    char* value = nullptr;
    if (argument == name && i + 1 < argc) {
      value = argv[i + 1];
    } else if (argument.starts_with(name) && argument.substr(name.size()).starts_with('=')) {
      value = argv[i] + name.size() + 1;
    }
    if (value != nullptr) std::memset(value, 'x', std::strlen(value));
  }
}

}  // namespace rt::cli
