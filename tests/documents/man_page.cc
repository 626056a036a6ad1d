// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "documents/documented.h"

namespace rt::documents {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

// The options that an mdoc line names: "Fl s" is -s, "Fl -server" is --server.
std::set<std::string> flags_of(const std::vector<std::string>& words) {
  std::set<std::string> flags;
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == "Fl" || words[i] == ".Fl") flags.insert("-" + words[i + 1]);
  return flags;
}

// Of "OPTIONS" the program, of "order, run" these commands, else none.
std::vector<std::string> commands_of(const std::vector<std::string>& heading) {
  if (heading.size() == 2 && heading[0] == ".Sh" && heading[1] == "OPTIONS") return {""};
  if (heading[0] != ".Ss") return {};
  std::vector<std::string> commands;
  for (std::size_t i = 1; i < heading.size(); ++i) {
    std::string name = heading[i];
    if (name.ends_with(',')) name.pop_back();
    commands.push_back(name);
  }
  return commands;
}

bool contains(const std::vector<std::string>& words, const char* word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_macro(const std::string& word) {
  return word.starts_with('.') ||
         (word.size() == 2 && std::isupper(static_cast<unsigned char>(word[0])) != 0 &&
          std::islower(static_cast<unsigned char>(word[1])) != 0);
}

void describe(Option& item, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "Cm" || words[i] == ".Cm")
      if (i + 1 < words.size()) item.values.insert(words[i + 1]);
    if (is_macro(words[i])) continue;
    std::string word = words[i];
    while (!word.empty() && std::string_view(".,:;").find(word.back()) != std::string_view::npos)
      word.pop_back();
    if (!word.empty()) item.text += (item.text.empty() ? "" : " ") + word;
  }
}

std::string section_of(const std::string& page, const std::string& name) {
  const auto begin = page.find(".Sh " + name + "\n");
  REQUIRE_MESSAGE(begin != std::string::npos, name << " is missing");
  return page.substr(begin, page.find("\n.Sh ", begin) - begin);
}

}  // namespace

std::string read_document(const std::string& path) {
  std::ifstream file(std::string(RT_SOURCE_DIR "/") + path);
  REQUIRE_MESSAGE(file.good(), path << " is missing");
  return {std::istreambuf_iterator<char>(file), {}};
}

Options options_in_man(const std::string& page) {
  Options out;
  std::vector<std::string> commands;
  Option item;
  const auto finish = [&] {
    for (const auto& command : commands)
      for (const auto& name : item.names) out[command][name] = item;
    item = {};
  };
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);) {
    const auto words = words_of(line);
    if (words.empty()) continue;
    if (words[0] == ".Sh" || words[0] == ".Ss") {
      finish();
      commands = commands_of(words);
    } else if (words[0] == ".It") {
      // An item without a flag belongs to a list within the description: of the values of an enumeration.
      if (auto names = flags_of(words); !names.empty()) {
        finish();
        item.names = std::move(names);
        item.takes_value = contains(words, "Ar") || contains(words, "Cm");
      }
    }
    if (!item.names.empty()) describe(item, words);
  }
  finish();
  return out;
}

std::set<std::string> options_mentioned_in_man(const std::string& page) {
  std::set<std::string> flags;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with('.')) flags.merge(flags_of(words_of(line)));
  return flags;
}

std::set<std::string> environment_in_man(const std::string& page) {
  static const std::regex list(R"(\bEv ((?:[A-Z_*]+(?: , )?)+))");
  std::set<std::string> names;
  for (std::sregex_iterator it(page.begin(), page.end(), list), end; it != end; ++it)
    for (const auto& name : words_of((*it)[1]))
      if (name != ",") names.insert(name);
  return names;
}

std::map<std::string, std::string> keys_in_man(const std::string& page) {
  static const std::regex row(R"(\.It Cm ([a-z-]+) Ta [^\n]* Ta ([^\n]*))");
  const std::string keys = section_of(page, "KEYS");
  std::map<std::string, std::string> defaults;
  for (std::sregex_iterator it(keys.begin(), keys.end(), row), end; it != end; ++it)
    defaults[(*it)[1]] = (*it)[2];
  return defaults;
}

std::set<std::string> words_in_man(const std::string& page, const std::string& section) {
  static const std::regex list(R"(\.Cm ([a-z ,-]+))");
  const std::string text = section_of(page, section);
  std::set<std::string> words;
  for (std::sregex_iterator it(text.begin(), text.end(), list), end; it != end; ++it)
    for (const auto& word : words_of((*it)[1]))
      if (word != ",") words.insert(word);
  return words;
}

}  // namespace rt::documents
