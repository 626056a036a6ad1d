// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <regex>

#include "documents/documented.h"

namespace rt::documents {
namespace {

// "auto|always|never", as cli::add_choice() and `rtserve token` name the type of an enumeration.
std::set<std::string> words_of(const std::string& type) {
  std::set<std::string> words;
  if (type.find('|') == type.npos) return words;
  static const std::regex word("[a-z0-9.]+");
  for (std::sregex_iterator it(type.begin(), type.end(), word), end; it != end; ++it) words.insert(it->str());
  return words;
}

Option describe(const CLI::Option& option) {
  Option out;
  for (const auto& name : option.get_snames()) out.names.insert("-" + name);
  for (const auto& name : option.get_lnames()) out.names.insert("--" + name);
  out.takes_value = option.get_items_expected_max() != 0;
  out.is_configurable = option.get_configurable();
  out.values = words_of(option.get_type_name());
  out.environment = option.get_envname();
  static const std::regex by_default(R"(\(default:? ([^ )]*[^ ),:;]))");  // its first word
  const std::string description = option.get_description();
  if (std::smatch match; std::regex_search(description, match, by_default)) out.default_text = match[1];
  return out;
}

void walk(const CLI::App& app, const std::string& command, Options& out) {
  auto& options = out[command];
  for (const CLI::Option* option : app.get_options()) {
    const Option described = describe(*option);
    if (!command.empty() && option == app.get_help_ptr()) continue;
    for (const std::string& name : described.names) options[name] = described;
  }
  for (const CLI::App* sub : app.get_subcommands({})) walk(*sub, sub->get_name(), out);
}

}  // namespace

Options options_of(const CLI::App& app) {
  Options out;
  walk(app, "", out);
  return out;
}

}  // namespace rt::documents
