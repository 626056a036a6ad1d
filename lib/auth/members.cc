// SPDX-License-Identifier: MIT
#include "auth/members.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rt::auth {
namespace {

std::string_view without_space(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace

std::expected<Members, std::string> parse_unique_members(std::string_view json, std::string_view what) {
  auto members = model::parse_object(json);
  if (!members) return std::unexpected(std::string(what) + " is no JSON object");
  std::vector<std::string_view> keys;
  for (const model::JsonMember& member : *members) keys.push_back(member.key);
  std::ranges::sort(keys);
  if (std::ranges::adjacent_find(keys) != keys.end())
    return std::unexpected(std::string(what) + " names a member twice");
  return std::move(*members);
}

const model::JsonMember* find_member(const Members& members, std::string_view key) {
  const auto at = std::ranges::find(members, key, &model::JsonMember::key);
  return at == members.end() ? nullptr : &*at;
}

std::vector<std::string_view> elements_of(std::string_view array) {
  const std::string_view inside = without_space(array.substr(1, array.size() - 2));
  std::vector<std::string_view> elements;
  std::size_t start = 0;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const char c = inside[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      elements.push_back(without_space(inside.substr(start, i - start)));
      start = i + 1;
    }
  }
  if (!inside.empty()) elements.push_back(without_space(inside.substr(start)));
  return elements;
}

std::expected<std::vector<std::string>, std::string> strings_of(const model::JsonMember& member,
                                                                std::size_t count_max) {
  const auto no_strings = [] { return std::unexpected(std::string("is no array of strings")); };
  if (member.type != model::JsonType::array) return no_strings();
  const auto array = nlohmann::json::parse(member.raw, nullptr, false);
  if (!array.is_array()) return no_strings();
  if (array.size() > count_max)
    return std::unexpected("has more than " + std::to_string(count_max) + " entries");
  std::vector<std::string> out;
  for (const auto& element : array) {
    const auto* text = element.get_ptr<const std::string*>();
    if (text == nullptr) return no_strings();
    out.push_back(*text);
  }
  return out;
}

}  // namespace rt::auth
