// SPDX-License-Identifier: MIT
// RoleTable: what each role may do, as templates of topics that the claims of a token complete. By default
// the table of the contract (section "Who may do what"); a configuration may put another in its place.
// Values; any thread, when nobody adds.
#pragma once

#include <array>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/rights.h"
#include "model/resource.h"

namespace rt::auth {

inline constexpr std::size_t k_roles_max = 100;
inline constexpr std::size_t k_role_name_bytes_max = 128;
inline constexpr std::size_t k_role_templates_max = 100;  // of one role, for reading or for publishing

// The ids that a token lists in the claims named by a kind's plural, by kind (model::index_of).
using ListedIds = std::array<std::vector<std::string>, model::k_kind_count>;

// One line of a role's section in a configuration file: `subscribe = ["drivers/{sub}", "runs/{runs}"]`.
struct RoleEntry {
  std::string role;
  std::string key;  // subscribe, publish or stats
  std::vector<std::string> values;
};

class RoleTable {
 public:
  RoleTable();               // the contract's
  static RoleTable empty();  // no role at all, for add()

  // A template is a topic pattern, or has in the id's place {sub} (the token's subject) or the plural of a
  // kind (each id that the claim of this name lists). The error, for a person, says what is wrong with which
  // template; the table is then as it was.
  std::expected<void, std::string> add(const RoleEntry& entry);

  // Adds what the role grants to the holder of these claims; nothing for a role that the table does not have.
  // A subject that is no valid id fills no template.
  void grant(Rights& rights, std::string_view role, std::string_view subject, const ListedIds& listed) const;

  bool has(std::string_view role) const { return find(role) != nullptr; }
  std::vector<std::string_view> names() const;  // in the order in which they were added

 private:
  struct Template {
    enum class Id : std::uint8_t { as_written, subject, listed };
    model::TopicPattern pattern;  // without an id where a claim completes it
    Id id = Id::as_written;
    model::Kind claim{};  // for `listed`
  };
  struct Role {
    std::string name;
    std::vector<Template> subscribe, publish;
    std::optional<bool> stats;
  };
  explicit RoleTable(std::vector<Role> roles) : roles_(std::move(roles)) {}

  static std::expected<Template, std::string> parse(std::string_view text);
  static std::expected<void, std::string> take(const RoleEntry& entry, Role& role);
  static void complete(const Template& row, std::string_view subject, const ListedIds& listed,
                       std::vector<model::TopicPattern>& out);
  const Role* find(std::string_view name) const;

  std::vector<Role> roles_;
};

}  // namespace rt::auth
