// SPDX-License-Identifier: MIT
// CLI11 makes neither man pages nor completions; these are written by hand, and this keeps them true.
#include <doctest/doctest.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "documents/documented.h"
#include "rtpush/options.h"
#include "rtserve/options.h"
#include "rtstat/options.h"
#include "rtwatch/options.h"

using namespace rt::documents;

namespace {

struct Program {
  std::string name;
  Options options;
};

template <class ProgramOptions>
Program program(const std::string& name, void (*define_options)(CLI::App&, ProgramOptions&)) {
  CLI::App app;
  ProgramOptions options;
  define_options(app, options);
  return {name, options_of(app)};
}

std::vector<Program> programs() {
  return {
      program("rtserve", rt::rtserve::define_options),
      program("rtpush", rt::rtpush::add_options),
      program("rtwatch", rt::rtwatch::define_options),
      program("rtstat", rt::rtstat::define_options),
  };
}

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += word + ' ';
  return out;
}

std::set<std::string> names_of(const Options& options, const std::string& command) {
  std::set<std::string> names;
  if (const auto found = options.find(command); found != options.end())
    for (const auto& [name, option] : found->second) names.insert(name);
  return names;
}

// Of the program itself, without dashes.
std::set<std::string> configurable_names(const Options& options) {
  std::set<std::string> names;
  for (const auto& [name, option] : options.at(""))
    if (option.is_configurable && name.starts_with("--")) names.insert(name.substr(2));
  return names;
}

std::set<std::string> keys_of(const std::map<std::string, std::string>& values) {
  std::set<std::string> keys;
  for (const auto& [key, value] : values) keys.insert(key);
  return keys;
}

// The same options at the same commands, on both sides.
void check_names(const Options& program, const Options& document) {
  for (const auto& [command, options] : program) {
    CAPTURE(command);
    CHECK(joined(names_of(document, command)) == joined(names_of(program, command)));
  }
  for (const auto& [command, options] : document) {
    CAPTURE(command);
    if (!options.empty()) CHECK(program.contains(command));
  }
}

using Check = void (*)(const Option& program, const Option& document);

void check_each(const Options& program, const Options& document, Check check) {
  for (const auto& [command, options] : program)
    for (const auto& [name, option] : options) {
      const auto at = document.find(command);
      if (at == document.end() || !at->second.contains(name)) continue;  // check_names() has said so
      CAPTURE(command);
      CAPTURE(name);
      check(option, at->second.at(name));
    }
}

void check_value(const Option& program, const Option& document) {
  if (*program.takes_value && document.takes_value) CHECK(*document.takes_value);
}

void check_completion(const Option& program, const Option& document) {
  check_value(program, document);
  // A document may propose likely values where the program takes more than these.
  if (!program.values.empty()) CHECK(joined(document.values) == joined(program.values));
}

void check_man(const Option& program, const Option& document) {
  check_value(program, document);
  CHECK(joined(document.names) == joined(program.names));
  for (const auto& value : program.values) {
    CAPTURE(value);
    CHECK(document.values.contains(value));
  }
  if (!program.default_text.empty()) {
    CAPTURE(program.default_text);
    CHECK((document.text + ' ').find("default is " + program.default_text + ' ') != std::string::npos);
  }
}

// "RTSERVE_LISTEN" for "--listen": documented as the rule that it is.
bool follows_rule(const Option& option) {
  for (const std::string& name : option.names) {
    std::string variable = "RTSERVE_";
    for (const char c : name.substr(std::min<std::size_t>(2, name.size())))
      variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (option.environment == variable) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("each man page has the options of its program, at each command, with their values and defaults") {
  for (const Program& program : programs()) {
    CAPTURE(program.name);
    const std::string page = read_document("man/" + program.name + ".1");
    const Options documented = options_in_man(page);
    check_names(program.options, documented);
    check_each(program.options, documented, check_man);
    std::set<std::string> known;
    for (const auto& [command, options] : program.options) known.merge(names_of(program.options, command));
    for (const auto& name : options_mentioned_in_man(page)) {
      CAPTURE(name);
      CHECK(known.contains(name));
    }
  }
}

TEST_CASE("each man page names the environment variables of its program") {
  for (const Program& program : programs()) {
    CAPTURE(program.name);
    const auto documented = environment_in_man(read_document("man/" + program.name + ".1"));
    for (const auto& [command, options] : program.options)
      for (const auto& [name, option] : options) {
        if (option.environment.empty() || documented.contains(option.environment)) continue;
        CAPTURE(option.environment);
        CHECK(documented.contains("RTSERVE_*"));
        CHECK(follows_rule(option));
      }
  }
}

TEST_CASE("rtserve.toml(5) has each key that the file may have, with its default") {
  const auto documented = keys_in_man(read_document("man/rtserve.toml.5"));
  const Options rtserve = program("rtserve", rt::rtserve::define_options).options;
  CHECK(joined(keys_of(documented)) == joined(configurable_names(rtserve)));
  for (const auto& [name, option] : rtserve.at("")) {
    const auto found = documented.find(name.substr(std::min<std::size_t>(2, name.size())));
    if (found == documented.end()) continue;
    CAPTURE(name);
    const std::string expected = !*option.takes_value          ? "false"
                                 : option.default_text.empty() ? "none"
                                                               : option.default_text;
    CHECK(found->second.substr(0, found->second.find(' ')) == expected);
  }
}

TEST_CASE("rt(7) has each key that all tools know") {
  std::set<std::string> common = configurable_names(program("rtpush", rt::rtpush::add_options).options);
  for (const auto& other :
       {program("rtwatch", rt::rtwatch::define_options), program("rtstat", rt::rtstat::define_options)}) {
    const auto names = configurable_names(other.options);
    std::erase_if(common, [&](const std::string& name) { return !names.contains(name); });
  }
  CHECK(joined(words_in_man(read_document("man/rt.7"), "CONFIGURATION")) == joined(common));
}

TEST_CASE("each shell's completion has the options of its program, at each command, with their values") {
  for (const Program& program : programs()) {
    CAPTURE(program.name);
    const std::string folder = "completions/";
    const std::pair<std::string, Options> documents[] = {
        {"bash", options_in_bash(read_document(folder + program.name + ".bash"))},
        {"zsh", options_in_zsh(read_document(folder + "_" + program.name))},
        {"fish", options_in_fish(read_document(folder + program.name + ".fish"))},
    };
    for (const auto& [shell, documented] : documents) {
      CAPTURE(shell);
      check_names(program.options, documented);
      check_each(program.options, documented, check_completion);
    }
  }
}
