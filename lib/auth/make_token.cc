// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "auth/token.h"
#include "model/json.h"

namespace rt::auth {
namespace {

constexpr std::array k_by_preference = {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512};

void append_member(std::string& out, std::string_view key) {
  if (!out.ends_with('{')) out += ',';
  model::append_json_string(out, key);
  out += ':';
}

void append_strings(std::string& out, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  append_member(out, key);
  char separator = '[';
  for (const std::string& text : texts) {
    out += separator;
    model::append_json_string(out, text);
    separator = ',';
  }
  out += ']';
}

void append_text(std::string& out, std::string_view key, const std::string& text) {
  if (text.empty()) return;
  append_member(out, key);
  model::append_json_string(out, text);
}

void append_seconds(std::string& out, std::string_view key, base::WallTime time) {
  append_member(out, key);
  out += std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

std::string header_json(Algorithm algorithm, const Key& key) {
  std::string out = "{";
  append_text(out, "alg", std::string(name_of(algorithm)));
  append_text(out, "kid", key.id());
  append_text(out, "typ", "JWT");
  out += '}';
  return out;
}

std::string claims_json(const TokenRequest& request) {
  std::string out = "{";
  append_member(out, "sub");
  model::append_json_string(out, request.subject);
  append_text(out, "role", request.role);
  for (const auto& [kind, ids] : request.ids) append_strings(out, model::resource_of(kind).plural, ids);
  if (!request.rt_subscribe.empty() || !request.rt_publish.empty()) {
    append_member(out, "rt");
    out += '{';
    append_strings(out, "subscribe", request.rt_subscribe);
    append_strings(out, "publish", request.rt_publish);
    out += '}';
  }
  append_text(out, "iss", request.issuer);
  append_text(out, "aud", request.audience);
  append_seconds(out, "iat", request.issued_at);
  append_seconds(out, "exp", request.expires_at);
  out += '}';
  return out;
}

}  // namespace

std::string make_token(const TokenRequest& request, const Key& key) {
  const auto algorithm = std::ranges::find_if(k_by_preference, [&](Algorithm a) { return key.serves(a); });
  if (algorithm == k_by_preference.end()) return {};
  std::string token =
      base64url_encode(header_json(*algorithm, key)) + '.' + base64url_encode(claims_json(request));
  const std::string signature = key.sign(*algorithm, token);
  if (signature.empty()) return {};
  return token + '.' + base64url_encode(signature);
}

}  // namespace rt::auth
