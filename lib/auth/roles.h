// SPDX-License-Identifier: MIT
// The role table: what each role may do (section "Who may do what" of the contract), and its application to
// the claims of one token. Pure; any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "auth/rights.h"
#include "model/resource.h"

namespace rt::auth {

enum class Scope {
  everything,  // every topic
  own,         // the topic of `kind` whose id is the token's subject
  listed,      // the topics of `kind` that the token lists in the claim named by the kind's plural
};

enum class Access { read, publish, read_and_publish };
enum class Stats { no, yes };

struct RoleGrant {
  std::string_view role;
  Scope scope;
  model::Kind kind;  // not looked at for `everything`
  Access access;
  Stats stats = Stats::no;
};

// A role may have several rows; a role without any grants nothing.
inline constexpr std::array k_role_grants = {
    RoleGrant{"admin", Scope::everything, {}, Access::read_and_publish, Stats::yes},
    RoleGrant{"dispatcher", Scope::everything, {}, Access::read_and_publish, Stats::yes},
    RoleGrant{"service", Scope::everything, {}, Access::publish, Stats::yes},
    RoleGrant{"driver", Scope::own, model::Kind::driver, Access::read_and_publish},
    RoleGrant{"driver", Scope::listed, model::Kind::run, Access::read},
    RoleGrant{"driver", Scope::listed, model::Kind::order, Access::read},
    RoleGrant{"customer", Scope::listed, model::Kind::order, Access::read},
    RoleGrant{"customer", Scope::listed, model::Kind::run, Access::read},
    RoleGrant{"customer", Scope::listed, model::Kind::driver, Access::read},
};

// The ids that a token lists, by kind (model::index_of).
using ListedIds = std::array<std::vector<std::string>, model::k_kind_count>;

void grant_role(Rights& rights, std::string_view role, std::string_view subject, const ListedIds& listed);

// Every role of the table, once each.
std::vector<std::string_view> role_names();

}  // namespace rt::auth
