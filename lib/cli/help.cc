// SPDX-License-Identifier: MIT
#include "cli/help.h"

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace rt::cli {
namespace {

constexpr std::size_t k_columns = 80;
constexpr std::size_t k_left_columns = 28;

// Breaks `text` at spaces so that, indented by `indent`, no line is longer than k_columns.
std::string wrap(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > indent && column + 1 + word.size() > k_columns) {
      out.append("\n").append(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out.push_back(' ');
      ++column;
    }
    out.append(word);
    column += word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string row(std::string left, std::string_view right) {
  left.insert(0, "  ");
  if (right.empty()) return left + "\n";
  if (left.size() + 2 > k_left_columns) {
    left.append("\n").append(k_left_columns, ' ');
  } else {
    left.resize(k_left_columns, ' ');
  }
  return left + wrap(right, k_left_columns) + "\n";
}

class HelpFormat final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::string out = wrap(app->get_description(), 0) + "\n\n";
    if (!app->get_footer().empty()) out += app->get_footer() + "\n\n";
    out += make_usage(app, std::move(name)) + make_positionals(app) + make_groups(app, mode);
    out += make_subcommands(app, mode);
    if (app->get_parent() == nullptr) return out;
    return out + "\nThe options of '" + app->get_parent()->get_name() + " --help' may stand here, too.\n";
  }

  std::string make_subcommand(const CLI::App* sub) const override {
    return row(sub->get_display_name(true), sub->get_description());
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string left = is_positional ? option->get_name(true, false) : names_of(*option);
    if (!is_positional && option->get_type_size() != 0) left += " " + type_name_of(*option);
    std::string right = option->get_description();
    if (!option->get_envname().empty()) right += " [$" + option->get_envname() + "]";
    return row(std::move(left), right);
  }

 private:
  // Without the validators' descriptions, which CLI11 appends.
  static std::string type_name_of(const CLI::Option& option) {
    std::string name = option.get_type_name();
    // CLI11 has no const get_validator().
    auto& mutable_option = const_cast<CLI::Option&>(option);
    std::string appended;
    for (int i = 0;; ++i) {
      const CLI::Validator* validator = nullptr;
      try {
        validator = mutable_option.get_validator(i);
      } catch (const CLI::OptionNotFound&) {
        break;
      }
      if (!validator->get_description().empty()) appended += ":" + validator->get_description();
    }
    if (name.ends_with(appended)) name.resize(name.size() - appended.size());
    return name;
  }

  static std::string names_of(const CLI::Option& option) {
    std::string out;
    for (const auto& name : option.get_snames()) out += (out.empty() ? "-" : ", -") + name;
    if (out.empty()) out = "   ";
    for (const auto& name : option.get_lnames()) out += (out == "   " ? " --" : ", --") + name;
    return out;
  }
};

}  // namespace

void use_our_help(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormat>());
}

}  // namespace rt::cli
