// SPDX-License-Identifier: MIT
#include "auth/roles.h"

#include <algorithm>

namespace rt::auth {
namespace {

void grant(Rights& rights, Access access, const model::TopicPattern& pattern) {
  if (access != Access::publish) rights.grant_subscribe(pattern);
  if (access != Access::read) rights.grant_publish(pattern);
}

}  // namespace

void grant_role(Rights& rights, std::string_view role, std::string_view subject, const ListedIds& listed) {
  for (const RoleGrant& row : k_role_grants) {
    if (row.role != role) continue;
    if (row.stats == Stats::yes) rights.grant_stats();
    switch (row.scope) {
      case Scope::everything:
        grant(rights, row.access, {});
        break;
      case Scope::own:
        if (model::is_valid_id(subject)) grant(rights, row.access, {row.kind, std::string(subject)});
        break;
      case Scope::listed:
        for (const std::string& id : listed[model::index_of(row.kind)])
          grant(rights, row.access, {row.kind, id});
        break;
    }
  }
}

std::vector<std::string_view> role_names() {
  std::vector<std::string_view> names;
  for (const RoleGrant& row : k_role_grants)
    if (std::ranges::find(names, row.role) == names.end()) names.push_back(row.role);
  return names;
}

}  // namespace rt::auth
