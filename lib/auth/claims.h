// SPDX-License-Identifier: MIT
// Claims: the middle part of a token as typed values. Whatever is wrongly typed, out of range or said twice
// makes the whole token malformed: nothing is ever granted by half. For this room alone. Pure; any thread.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/roles.h"
#include "model/topic.h"

namespace rt::auth {

inline constexpr std::size_t k_claim_list_max = 1000;
inline constexpr std::size_t k_subject_bytes_max = 256;

struct Claims {
  std::string subject;
  std::optional<std::string> issuer;
  std::vector<std::string> audience;
  std::optional<std::chrono::sys_seconds> expires_at, not_before, issued_at;
  std::vector<std::string> roles;
  ListedIds listed;
  std::vector<model::TopicPattern> rt_subscribe, rt_publish;
  bool rt_stats = false;
};

// The error is what is wrong, for a person: "the claim exp is no number".
std::expected<Claims, std::string> parse_claims(std::string_view json);

}  // namespace rt::auth
