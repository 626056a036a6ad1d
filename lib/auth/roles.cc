// SPDX-License-Identifier: MIT
#include "auth/roles.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace rt::auth {
namespace {

constexpr std::string_view k_subscribe = "subscribe";
constexpr std::string_view k_publish = "publish";
constexpr std::string_view k_stats = "stats";
constexpr std::array k_keys = {k_subscribe, k_publish, k_stats};
constexpr std::string_view k_subject = "{sub}";

std::string text_of(model::Kind kind, std::string_view id) {
  return std::string(model::resource_of(kind).plural).append("/").append(id);
}

std::string placeholder(const model::Resource& resource) {
  return std::string("{").append(resource.plural).append("}");
}

std::string listed(model::Kind kind) {
  return text_of(kind, placeholder(model::resource_of(kind)));
}

std::vector<RoleEntry> contract() {
  using enum model::Kind;
  const std::string all = "*";
  const std::string own = text_of(driver, k_subject);
  const auto entry = [](std::string_view role, std::string_view key, std::vector<std::string> values) {
    return RoleEntry{std::string(role), std::string(key), std::move(values)};
  };
  return {
      entry("admin", k_subscribe, {all}),
      entry("admin", k_publish, {all}),
      entry("admin", k_stats, {"true"}),
      entry("dispatcher", k_subscribe, {all}),
      entry("dispatcher", k_publish, {all}),
      entry("dispatcher", k_stats, {"true"}),
      entry("service", k_publish, {all}),
      entry("service", k_stats, {"true"}),
      entry("driver", k_subscribe, {own, listed(run), listed(order)}),
      entry("driver", k_publish, {own}),
      entry("customer", k_subscribe, {listed(order), listed(run), listed(driver)}),
  };
}

std::string quoted(std::string_view text) {
  return '\'' + base::printable(text) + '\'';
}

std::unexpected<std::string> refuse(std::string what) {
  return std::unexpected(std::move(what));
}

std::string unknown_placeholder(std::string_view text) {
  std::vector<std::string> known = {std::string(k_subject)};
  for (const model::Resource& resource : model::k_resources) known.push_back(placeholder(resource));
  const std::vector<std::string_view> views(known.begin(), known.end());
  if (const auto near = base::nearest(text, views); !near.empty())
    return "; did you mean " + std::string(near) + '?';
  std::string out = "; there are";
  for (const std::string_view name : views) out.append(" ").append(name);
  return out;
}

}  // namespace

RoleTable::RoleTable() {
  for (const RoleEntry& entry : contract())
    if (!add(entry)) std::abort();
}

RoleTable RoleTable::empty() {
  return RoleTable(std::vector<Role>{});
}

std::expected<RoleTable::Template, std::string> RoleTable::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view id = slash == text.npos ? std::string_view() : text.substr(slash + 1);
  const bool is_completed = id.starts_with('{') && id.ends_with('}');
  // The kind is checked, and errors are worded, as for any other pattern.
  const auto pattern = model::parse_topic_pattern(is_completed ? std::string(text.substr(0, slash)) + "/*"
                                                               : std::string(text));
  if (!pattern) {
    const auto& error = pattern.error();
    if (id.find_first_of("{}") != id.npos && model::find_by_plural(text.substr(0, slash)) != nullptr)
      return refuse(quoted(text) + ": what stands in braces is the whole id or no part of it");
    return refuse(error.hint.empty() ? error.what : error.what + "; " + error.hint);
  }
  if (!is_completed) return Template{*pattern, Template::Id::as_written, {}};
  if (id == k_subject) return Template{*pattern, Template::Id::subject, {}};
  const auto* claim = model::find_by_plural(id.substr(1, id.size() - 2));
  if (claim == nullptr)
    return refuse(quoted(text) + ": no claim " + base::printable(id) + unknown_placeholder(id));
  return Template{*pattern, Template::Id::listed, claim->kind};
}

std::expected<void, std::string> RoleTable::take(const RoleEntry& entry, Role& role) {
  if (entry.key == k_stats) {
    if (role.stats) return refuse("is given twice");
    const bool is_boolean =
        entry.values.size() == 1 && (entry.values[0] == "true" || entry.values[0] == "false");
    if (!is_boolean) return refuse("is neither true nor false");
    role.stats = entry.values[0] == "true";
    return {};
  }
  auto& templates = entry.key == k_subscribe ? role.subscribe : role.publish;
  if (!templates.empty()) return refuse("is given twice");
  if (entry.values.size() > k_role_templates_max)
    return refuse("has more than " + std::to_string(k_role_templates_max) + " entries");
  for (const std::string& text : entry.values) {
    auto parsed = parse(text);
    if (!parsed) return refuse(std::move(parsed).error());
    templates.push_back(std::move(*parsed));
  }
  return {};
}

std::expected<void, std::string> RoleTable::add(const RoleEntry& entry) {
  if (entry.role.empty() || entry.role.size() > k_role_name_bytes_max)
    return refuse("a role's name has 1 to " + std::to_string(k_role_name_bytes_max) + " bytes");
  if (std::ranges::find(k_keys, entry.key) == k_keys.end()) {
    const auto near = base::nearest(entry.key, k_keys);
    return refuse("the role " + quoted(entry.role) + " has no key " + quoted(entry.key) +
                  (near.empty() ? "; there are subscribe, publish and stats"
                                : "; did you mean '" + std::string(near) + "'?"));
  }
  const auto at = std::ranges::find(roles_, entry.role, &Role::name);
  const bool is_new = at == roles_.end();
  if (is_new && roles_.size() == k_roles_max)
    return refuse("there are more than " + std::to_string(k_roles_max) + " roles");
  Role role = is_new ? Role{.name = entry.role, .subscribe = {}, .publish = {}, .stats = {}} : *at;
  if (auto taken = take(entry, role); !taken)
    return refuse("the role " + quoted(entry.role) + ": " + entry.key + ": " + taken.error());
  if (is_new) {
    roles_.push_back(std::move(role));
  } else {
    *at = std::move(role);
  }
  return {};
}

void RoleTable::complete(const Template& row, std::string_view subject, const ListedIds& claims,
                         std::vector<model::TopicPattern>& out) {
  switch (row.id) {
    case Template::Id::as_written:
      out.push_back(row.pattern);
      break;
    case Template::Id::subject:
      if (model::is_valid_id(subject)) out.push_back({row.pattern.kind, std::string(subject)});
      break;
    case Template::Id::listed:
      for (const std::string& id : claims[model::index_of(row.claim)])
        if (model::is_valid_id(id)) out.push_back({row.pattern.kind, id});
      break;
  }
}

void RoleTable::grant(Rights& rights, std::string_view name, std::string_view subject,
                      const ListedIds& claims) const {
  const Role* role = find(name);
  if (role == nullptr) return;
  std::vector<model::TopicPattern> readable, publishable;
  for (const Template& row : role->subscribe) complete(row, subject, claims, readable);
  for (const Template& row : role->publish) complete(row, subject, claims, publishable);
  for (auto& pattern : readable) rights.grant_subscribe(std::move(pattern));
  for (auto& pattern : publishable) rights.grant_publish(std::move(pattern));
  if (role->stats.value_or(false)) rights.grant_stats();
}

const RoleTable::Role* RoleTable::find(std::string_view name) const {
  const auto at = std::ranges::find(roles_, name, &Role::name);
  return at == roles_.end() ? nullptr : &*at;
}

std::vector<std::string_view> RoleTable::names() const {
  std::vector<std::string_view> out;
  out.reserve(roles_.size());
  for (const Role& role : roles_) out.push_back(role.name);
  return out;
}

}  // namespace rt::auth
