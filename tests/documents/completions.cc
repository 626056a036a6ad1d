// SPDX-License-Identifier: MIT
#include <iterator>
#include <regex>
#include <sstream>

#include "documents/documented.h"

namespace rt::documents {
namespace {

const std::regex k_option_name("--?[A-Za-z][A-Za-z-]*");

std::set<std::string> all(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
    found.insert(it->str());
  return found;
}

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// "options_check_config" is of the command "check-config".
std::string command_of(std::string suffix) {
  if (suffix.starts_with('_')) suffix.erase(0, 1);
  for (char& c : suffix)
    if (c == '_') c = '-';
  return suffix;
}

// "-s server" of a line of fish.
std::string argument_of(const std::string& line, const std::string& flag) {
  const std::regex quoted(" " + flag + " '([^']*)'"), bare(" " + flag + " ([^ ']+)");
  std::smatch match;
  return std::regex_search(line, match, quoted) || std::regex_search(line, match, bare) ? match[1].str() : "";
}

}  // namespace

Options options_in_bash(const std::string& script) {
  Options out;
  static const std::regex list(R"(local options(\w*)='([^']*)')");
  for (std::sregex_iterator it(script.begin(), script.end(), list), end; it != end; ++it)
    for (const auto& name : words_of((*it)[2])) out[command_of((*it)[1])][name].names = {name};
  static const std::regex choice(R"(\n *(-[^)\n]*)\)[^\n]*compgen -W '([^'$]*)')");
  for (std::sregex_iterator it(script.begin(), script.end(), choice), end; it != end; ++it)
    for (const auto& name : all((*it)[1], k_option_name))
      for (auto& [command, options] : out)
        if (const auto found = options.find(name); found != options.end())
          found->second.values = words_of((*it)[2]);
  return out;
}

Options options_in_zsh(const std::string& script) {
  Options out;
  static const std::regex begin(R"(^ *(?:local -a )?options(\w*)=\($)"), excluded(R"(^ *'?\([^)]*\)'?)"),
      choice(R"(:\(([^)]*)\)'?$)");
  std::istringstream in(script);
  bool inside = false;
  std::string command;
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (std::regex_search(line, match, begin)) {
      inside = true;
      command = command_of(match[1]);
      out[command];
    } else if (words_of(line).contains(")")) {
      inside = false;
    } else if (inside) {
      const std::string specification = std::regex_replace(line, excluded, "");
      const auto bracket = specification.find('[');
      Option option;
      option.names = all(specification.substr(0, bracket), k_option_name);
      option.takes_value = specification.find("]:") != specification.npos;
      if (std::regex_search(line, match, choice)) option.values = words_of(match[1]);
      for (const auto& name : option.names) out[command][name] = option;
    }
  }
  return out;
}

Options options_in_fish(const std::string& script) {
  Options out;
  static const std::regex condition("__fish_seen_subcommand_from ([^']*)'"), flag(" -[xr] ");
  std::istringstream in(script);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("complete ")) continue;
    Option option;
    if (const auto name = argument_of(line, "-s"); !name.empty()) option.names.insert("-" + name);
    if (const auto name = argument_of(line, "-l"); !name.empty()) option.names.insert("--" + name);
    if (option.names.empty()) continue;
    option.takes_value = std::regex_search(line, flag);
    option.values = words_of(argument_of(line, "-a"));
    std::smatch match;
    std::set<std::string> commands = {""};
    if (std::regex_search(line, match, condition)) commands = words_of(match[1]);
    for (const auto& command : commands)
      for (const auto& name : option.names) out[command][name] = option;
  }
  return out;
}

}  // namespace rt::documents
