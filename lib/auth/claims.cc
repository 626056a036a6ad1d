// SPDX-License-Identifier: MIT
#include "auth/claims.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "auth/members.h"
#include "base/text.h"

namespace rt::auth {
namespace {

constexpr double k_seconds_max = 253402300799;  // 9999-12-31T23:59:59Z

using Check = std::expected<void, std::string>;
using model::JsonMember;
using model::JsonType;

std::unexpected<std::string> refuse(const JsonMember& member, const std::string& why) {
  return std::unexpected("the claim " + base::printable(member.key) + ' ' + why);
}

Check read_string(const JsonMember& member, std::string& out) {
  if (member.type != JsonType::string) return refuse(member, "is no string");
  out = member.text;
  return {};
}

Check read_strings(const JsonMember& member, std::vector<std::string>& out) {
  auto strings = strings_of(member, k_claim_list_max);
  if (!strings) return refuse(member, strings.error());
  std::ranges::move(*strings, std::back_inserter(out));
  return {};
}

Check read_string_or_strings(const JsonMember& member, std::vector<std::string>& out) {
  if (member.type != JsonType::string) return read_strings(member, out);
  out.push_back(member.text);
  return {};
}

// NumericDate (RFC 7519 section 2).
Check read_time(const JsonMember& member, std::optional<std::chrono::sys_seconds>& out) {
  if (member.type != JsonType::number) return refuse(member, "is no number");
  const double seconds = model::number_of(member.raw);
  if (!std::isfinite(seconds) || seconds < 0 || seconds > k_seconds_max)
    return refuse(member, "is no time that we know");
  out = std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(std::floor(seconds))));
  return {};
}

Check read_subject(const JsonMember& member, std::string& out) {
  if (Check read = read_string(member, out); !read) return read;
  if (out.size() > k_subject_bytes_max)
    return refuse(member, "is longer than " + std::to_string(k_subject_bytes_max) + " bytes");
  return {};
}

Check read_ids(const JsonMember& member, std::vector<std::string>& out) {
  if (Check read = read_strings(member, out); !read) return read;
  if (!std::ranges::all_of(out, model::is_valid_id)) return refuse(member, "holds what is no valid id");
  return {};
}

Check read_patterns(const JsonMember& member, std::vector<model::TopicPattern>& out) {
  std::vector<std::string> texts;
  if (Check read = read_strings(member, texts); !read) return read;
  for (const std::string& text : texts) {
    auto pattern = model::parse_topic_pattern(text);
    if (!pattern) return refuse(member, "holds what is no topic pattern");
    out.push_back(std::move(*pattern));
  }
  return {};
}

Check read_rt(const JsonMember& rt, Claims& claims) {
  if (rt.type != JsonType::object) return refuse(rt, "is no object");
  const auto members = parse_unique_members(rt.raw, "the claim rt");
  if (!members) return std::unexpected(members.error());
  for (const JsonMember& member : *members) {
    Check read;
    if (member.key == "subscribe") {
      read = read_patterns(member, claims.rt_subscribe);
    } else if (member.key == "publish") {
      read = read_patterns(member, claims.rt_publish);
    } else if (member.key == "stats") {
      if (member.type != JsonType::boolean) return refuse(member, "of rt is neither true nor false");
      claims.rt_stats = member.raw == "true";
    }
    if (!read) return read;
  }
  return {};
}

Check read_claim(const JsonMember& member, Claims& claims) {
  if (member.key == "sub") return read_subject(member, claims.subject);
  if (member.key == "iss") return read_string(member, claims.issuer.emplace());
  if (member.key == "aud") return read_string_or_strings(member, claims.audience);
  if (member.key == "exp") return read_time(member, claims.expires_at);
  if (member.key == "nbf") return read_time(member, claims.not_before);
  if (member.key == "iat") return read_time(member, claims.issued_at);
  if (member.key == "role") return read_string(member, claims.roles.emplace_back());
  if (member.key == "roles") return read_string_or_strings(member, claims.roles);
  if (member.key == "rt") return read_rt(member, claims);
  if (const auto* resource = model::find_by_plural(member.key))
    return read_ids(member, claims.listed[model::index_of(resource->kind)]);
  return {};  // RFC 7519 section 4: claims that are not understood are ignored
}

}  // namespace

std::expected<Claims, std::string> parse_claims(std::string_view json) {
  const auto members = parse_unique_members(json, "the claim set");
  if (!members) return std::unexpected(members.error());
  Claims claims;
  for (const JsonMember& member : *members)
    if (Check read = read_claim(member, claims); !read) return std::unexpected(std::move(read).error());
  return claims;
}

}  // namespace rt::auth
