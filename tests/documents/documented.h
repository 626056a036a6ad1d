// SPDX-License-Identifier: MIT
// What a document says of a program's options, and what the program itself says: the same type for both, so
// that a test can hold one against the other. Each reader below takes the conventions of our own files for
// granted:
//
//   man      `.Sh OPTIONS` lists the program's, `.Ss gps` (or `.Ss order, run`) those of a command, as `.It
//   Fl` bash     `local options='...'` and `local options_gps='...'`; values as `-o | --output) ... compgen
//   -W '...'` zsh      arrays `options=(` and `options_gps=(` with one _arguments specification a line fish
//   one `complete` a line, a command's with `-n '__fish_seen_subcommand_from gps'`
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace rt::documents {

struct Option {
  std::set<std::string> names;   // "-o", "--output"; where a document does not group them, the name alone
  std::set<std::string> values;  // of an enumeration, else empty; man: all that is marked as a word (Cm)
  std::optional<bool> takes_value;
  bool is_configurable = false;  // program: a file may set it
  std::string text;              // man: the description's words, without macros and punctuation
  std::string default_text;      // program: the first word behind "(default"
  std::string environment;       // program
};

// By command ("" is the program itself), then by each of its options' names.
using Options = std::map<std::string, std::map<std::string, Option>>;

Options options_of(const CLI::App& app);
Options options_in_man(const std::string& page);
Options options_in_bash(const std::string& script);
Options options_in_zsh(const std::string& script);
Options options_in_fish(const std::string& script);

// Every option that a man page names anywhere, also in its running text: "--token-file".
std::set<std::string> options_mentioned_in_man(const std::string& page);
// Every environment variable: "RT_TOKEN".
std::set<std::string> environment_in_man(const std::string& page);
// The keys of rtserve.toml(5), and the default of each; of a list it is "none" where there is none.
std::map<std::string, std::string> keys_in_man(const std::string& page);
// What is marked as a word (Cm) at the beginning of a line in this section.
std::set<std::string> words_in_man(const std::string& page, const std::string& section);

std::string read_document(const std::string& path);  // from the root of the tree; fails the test when absent

}  // namespace rt::documents
