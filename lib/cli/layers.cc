// SPDX-License-Identifier: MIT
#include "cli/layers.h"

#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <istream>
#include <iterator>
#include <map>
#include <set>

#include "base/text.h"
#include "cli/mistyped.h"

namespace rt::cli {
namespace {

// Read when there is no file, so that CLI11 asks for the environment's items all the same.
constexpr const char* k_no_file = "/dev/null";
constexpr std::size_t k_path_shown_max = 400;
// Keys whose value is a secret.
constexpr std::string_view k_secret_key = "token";

std::string environment(const std::string& name) {
  const char* text = name.empty() ? nullptr : std::getenv(name.c_str());
  return text == nullptr ? std::string() : std::string(text);
}

bool asks_for_help(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if ((option == app.get_help_ptr() || option->check_lname("version")) && option->count() > 0) return true;
  }
  for (const CLI::App* sub : app.get_subcommands()) {
    if (asks_for_help(*sub)) return true;
  }
  return false;
}

template <class App>
auto configurable(App& app) {
  return app.get_options(
      [](const CLI::Option* option) { return option->get_configurable() && !option->get_lnames().empty(); });
}

class LayersReader final : public CLI::ConfigTOML, public Layers {
 public:
  LayersReader(CLI::App& app, TakeSection take_section) : app_(app), take_section_(std::move(take_section)) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> layered;
    // --help and --version work with a broken file, too.
    if (asks_for_help(app_)) return layered;
    set_.clear();
    check_environment();
    for (const CLI::Option* option : configurable(app_)) {
      if (option->count() > 0) mark_set(*option);
    }
    add_environment(layered);
    add_file(input, layered);
    // Nothing is left for CLI11 to take from the environment: it would not know what is hidden.
    for (CLI::Option* option : configurable(app_)) option->envname({});
    return layered;
  }

  const Places& places() const override { return places_; }
  std::string file() const override { return file_; }
  const std::vector<ConfigEntry>& sections() const override { return sections_; }
  const std::vector<std::string>& warnings() const override { return warnings_; }

 private:
  void check_environment() const {
    std::vector<std::string> names;
    for (const CLI::Option* option : app_.get_options()) names.push_back(option->get_envname());
    // Where every option has a variable the prefix is ours, and one that is nearly right is an error.
    const bool is_ours = std::ranges::none_of(
        configurable(app_), [](const CLI::Option* option) { return option->get_envname().empty(); });
    auto mistyped = find_mistyped(names, app_.get_config_ptr()->get_envname());
    if (is_ours && !mistyped.near_misses.empty()) throw CLI::ConfigError(mistyped.near_misses.front());
    warnings_ = std::move(mistyped.near_misses);
    if (is_ours && !mistyped.others.empty()) warnings_.push_back(std::move(mistyped.others));
  }

  bool is_set(const CLI::Option& option) const { return set_.contains(&option); }

  void mark_set(const CLI::Option& option) const {
    set_.insert(&option);
    for (const CLI::Option* other : option.get_excludes()) set_.insert(other);
  }

  void add_environment(std::vector<CLI::ConfigItem>& layered) const {
    for (const CLI::Option* option : configurable(app_)) {
      const std::string text = environment(option->get_envname());
      if (text.empty() || is_set(*option)) continue;
      CLI::ConfigItem item;
      item.name = option->get_lnames().front();
      if (option->get_items_expected_max() > 1) {
        for (const std::string_view part : base::split(text, ',')) item.inputs.emplace_back(base::trim(part));
      } else {
        item.inputs.push_back(text);
      }
      layered.push_back(std::move(item));
      places_[option->get_name()] = "$" + option->get_envname();
      mark_set(*option);
    }
  }

  void add_file(std::istream& input, std::vector<CLI::ConfigItem>& layered) const {
    const auto path = app_.get_config_ptr()->as<std::string>();
    if (path == k_no_file) return;
    file_ = base::printable(path, k_path_shown_max);
    const auto entries = parse_config(read(input));
    if (!entries) throw CLI::ConfigError(place(path, entries.error().line) + ": " + entries.error().what);
    std::vector<const CLI::Option*> added;
    for (const ConfigEntry& entry : *entries) {
      if (!entry.section.empty() && take_section_) {
        if (const auto wrong = take_section_(entry))
          throw CLI::ConfigError(place(path, entry.line) + ": " + *wrong);
        sections_.push_back(entry);
        continue;
      }
      const CLI::Option* option = find(entry, path);
      if (entry.key == k_secret_key) check_private(path, "a token");
      if (holds_password(entry)) check_private(path, "a password");
      if (is_set(*option)) continue;
      layered.push_back(CLI::ConfigItem{entry.section, entry.key, entry.values});
      places_[option->get_name()] = place(path, entry.line);
      added.push_back(option);
    }
    for (const CLI::Option* option : added) mark_set(*option);
  }

  const CLI::Option* find(const ConfigEntry& entry, const std::string& path) const {
    const CLI::Option* option = entry.section.empty() ? app_.get_option_no_throw("--" + entry.key) : nullptr;
    if (option != nullptr && option->get_configurable()) return option;
    std::string name;
    for (const auto& part : entry.section) name += part + ".";
    name += entry.key;
    std::string what = place(path, entry.line) + ": unknown key '" + base::printable(name) + "'";
    const auto names = configurable_names(app_);
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    if (const auto near = base::nearest(entry.key, candidates); !near.empty()) {
      what += "; did you mean '" + std::string(near) + "'?";
    }
    throw CLI::ConfigError(what);
  }

  static std::string read(std::istream& input) {
    std::string text(k_config_bytes_max + 1, '\0');
    input.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(input.gcount()));
    return text;
  }

  static std::string place(const std::string& path, std::size_t line) {
    return base::printable(path, k_path_shown_max) + ":" + std::to_string(line);
  }

  // As in redis://user:password@host.
  static bool holds_password(const ConfigEntry& entry) {
    for (const std::string& value : entry.values) {
      const std::size_t at = value.rfind('@');
      const std::size_t user = value.find("://");
      if (at != std::string::npos && user != std::string::npos &&
          value.substr(0, at).find(':', user + 3) < at)
        return true;
    }
    return false;
  }

  static void check_private(const std::string& path, const char* what) {
    struct stat status{};
    if (stat(path.c_str(), &status) == 0 && is_readable_by_others(status.st_mode)) {
      throw CLI::ConfigError(path + ": holds " + what + ", but others can read it; chmod 600 " + path);
    }
  }

  CLI::App& app_;
  TakeSection take_section_;
  // CLI11 declares from_config() const.
  mutable std::set<const CLI::Option*> set_;
  mutable Places places_;
  mutable std::string file_;
  mutable std::vector<ConfigEntry> sections_;
  mutable std::vector<std::string> warnings_;
};

}  // namespace

bool put_place(std::string& sentence, const Places& places) {
  const std::string name = sentence.substr(0, sentence.find_first_of(": "));
  const auto place = places.find(name);
  if (!name.starts_with("--") || place == places.end()) return false;
  std::string_view rest = std::string_view(sentence).substr(name.size());
  if (rest.starts_with(": ")) rest.remove_prefix(2);
  const bool is_variable = place->second.starts_with('$');
  sentence =
      place->second + ": " + (is_variable ? "" : name.substr(2) + ": ") + std::string(base::trim(rest));
  return true;
}

std::vector<std::string> configurable_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : configurable(app)) {
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  }
  return names;
}

bool is_readable_by_others(unsigned mode) {
  return (mode & (S_IRGRP | S_IROTH)) != 0;
}

const Layers& layers_of(const CLI::App& app) {
  return static_cast<const LayersReader&>(*app.get_config_formatter());
}

const Layers& install_layers(CLI::App& app, const std::vector<std::string>& paths, TakeSection take_section) {
  CLI::Option* option = app.get_config_ptr();
  std::string path = environment(option->get_envname());
  // A file that was asked for must be there; CLI11 passes over the others.
  option->required(!path.empty());
  for (const auto& candidate : paths) {
    if (path.empty() && access(candidate.c_str(), R_OK) == 0) path = candidate;
  }
  option->default_str(path.empty() ? k_no_file : path);
  auto reader = std::make_shared<LayersReader>(app, std::move(take_section));
  app.config_formatter(reader);
  return *reader;
}

}  // namespace rt::cli
