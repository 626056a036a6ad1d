// SPDX-License-Identifier: MIT
#include "cli/effective_config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "model/json.h"

namespace rt::cli {
namespace {

constexpr const char* k_not_shown = "(not shown)";

struct Value {
  std::vector<std::string> parts;
  bool is_list = false;
  bool is_whole = true;  // nothing was left out
};

std::string in_quotes(std::string_view text) {
  std::string out;
  model::append_json_string(out, base::replace_invalid_utf8(text));
  return out;
}

// A number or a boolean of TOML stays bare.
std::string spelled(const std::string& text) {
  const bool is_number = base::parse_unsigned(text) && (text.size() == 1 || text.front() != '0');
  return is_number || text == "true" || text == "false" ? text : in_quotes(text);
}

std::string spelled(const Value& value) {
  if (!value.is_list) return spelled(value.parts.front());
  std::string out;
  for (const auto& part : value.parts) out += (out.empty() ? "" : ", ") + in_quotes(part);
  return "[" + out + "]";
}

// As in redis://user:password@host: without the password. A header's value may be one, too.
std::string without_secret(std::string_view option, const std::string& text) {
  if (option == "token") return k_not_shown;
  if (option == "header") return text.substr(0, text.find(':')) + ": " + k_not_shown;
  const std::size_t scheme = text.find("://");
  const std::size_t at = text.rfind('@');
  if (scheme == std::string::npos || at == std::string::npos || at < scheme) return text;
  const std::size_t colon = text.find(':', scheme + 3);
  if (colon >= at) return text;
  return text.substr(0, colon + 1) + k_not_shown + text.substr(at);
}

void leave_out_secrets(std::string_view option, Value& value) {
  for (auto& part : value.parts) {
    std::string shown = without_secret(option, part);
    if (shown == part) continue;
    part = std::move(shown);
    value.is_whole = false;
  }
}

// CLI11 writes a list's default as "[a,b]".
Value default_of(const CLI::Option& option) {
  Value value;
  std::string text = option.get_default_str();
  value.is_list = option.get_items_expected_max() > 1;
  if (option.get_items_expected_max() == 0) text = "false";
  if (value.is_list && text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (text.empty() || text == "{}") return value;
  if (!value.is_list) {
    value.parts = {text};
  } else {
    for (const auto part : base::split(text, ',')) value.parts.emplace_back(part);
  }
  return value;
}

Value value_of(const CLI::Option& option) {
  if (option.count() == 0) return default_of(option);
  Value value{option.reduced_results(), option.get_items_expected_max() > 1, true};
  // A flag that was given several times counts.
  if (option.get_items_expected_max() == 0 && value.parts.size() > 1)
    value.parts = {std::to_string(value.parts.size())};
  return value;
}

std::string line_of(const CLI::Option& option, const Places& places) {
  const std::string name = option.get_lnames().front();
  Value value = value_of(option);
  if (value.parts.empty() && option.count() == 0) return "#" + name + " =  # not set\n";
  leave_out_secrets(name, value);
  const auto place = places.find("--" + name);
  const std::string source = option.count() == 0 ? "default" : place == places.end() ? "flag" : place->second;
  return (value.is_whole ? "" : "#") + name + " = " + spelled(value) + "  # " + source + "\n";
}

std::string key_of(const std::string& name) {
  const bool is_bare = std::ranges::all_of(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; });
  return is_bare ? name : in_quotes(name);
}

std::string sections_of(const Layers& layers) {
  std::string out, open;
  for (const ConfigEntry& entry : layers.sections()) {
    std::string section;
    for (const auto& part : entry.section) section += (section.empty() ? "" : ".") + key_of(part);
    if (section != open) out += "\n[" + section + "]\n";
    open = section;
    const bool is_boolean = entry.values.size() == 1 && spelled(entry.values.front()) == entry.values.front();
    out += key_of(entry.key) + " = " + spelled(Value{entry.values, !is_boolean, true}) + "  # " +
           layers.file() + ":" + std::to_string(entry.line) + "\n";
  }
  return out;
}

}  // namespace

std::string effective_config(const CLI::App& app, const Layers& layers) {
  std::string out = layers.file().empty() ? "# no configuration file\n" : "# with " + layers.file() + "\n";
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_configurable() && !option->get_lnames().empty()) out += line_of(*option, layers.places());
  }
  return out + sections_of(layers);
}

}  // namespace rt::cli
