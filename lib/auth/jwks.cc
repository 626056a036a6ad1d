// SPDX-License-Identifier: MIT
#include "auth/jwks.h"

#include <algorithm>
#include <array>

#include "auth/key_material.h"
#include "auth/members.h"
#include "base/text.h"

namespace rt::auth {
namespace {

using model::JsonMember;
using model::JsonType;

// RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2. (The `k` of an oct key is not among them.)
constexpr std::array<std::string_view, 7> k_private_members = {"d", "p", "q", "dp", "dq", "qi", "oth"};
constexpr std::string_view k_secret_type = "oct";
constexpr std::size_t k_key_operations_max = 20;

template <class T>
using Read = std::expected<T, std::string>;

std::unexpected<std::string> skip(std::string why) {
  return std::unexpected(std::move(why));
}

std::unexpected<base::Error> refuse(std::string what, std::string hint = {}) {
  return base::fail(base::ErrorKind::invalid, std::move(what), std::move(hint));
}

// Nothing when there is no such member.
Read<std::optional<std::string>> text_of(const Members& jwk, std::string_view key) {
  const JsonMember* member = find_member(jwk, key);
  if (member == nullptr) return std::nullopt;
  if (member->type != JsonType::string) return skip(std::string(key) + " is no string");
  return member->text;
}

Read<std::string> octets_of(const Members& jwk, std::string_view key) {
  const auto text = text_of(jwk, key);
  if (!text) return skip(text.error());
  if (!*text) return skip("without " + std::string(key));
  auto octets = base64url_decode(**text);
  if (!octets) return skip(std::string(key) + " is not base64url");
  return std::move(*octets);
}

Read<Key> keep(base::Result<Key> key) {
  if (!key) return skip(key.error().what);
  return std::move(*key);
}

Read<Key> read_rsa(const Members& jwk) {
  const auto n = octets_of(jwk, "n"), e = octets_of(jwk, "e");
  if (!n || !e) return skip(n ? e.error() : n.error());
  return keep(rsa_key(*n, *e));
}

Read<Key> read_ec(const Members& jwk) {
  const auto name = text_of(jwk, "crv");
  if (!name) return skip(name.error());
  if (*name != "P-256" && *name != "P-384") return skip("an EC key whose crv is neither P-256 nor P-384");
  const auto x = octets_of(jwk, "x"), y = octets_of(jwk, "y");
  if (!x || !y) return skip(x ? y.error() : x.error());
  return keep(ec_key(*name == "P-256" ? Curve::p256 : Curve::p384, *x, *y));
}

Read<Key> read_okp(const Members& jwk) {
  const auto name = text_of(jwk, "crv");
  if (!name) return skip(name.error());
  if (*name != "Ed25519") return skip("an OKP key whose crv is not Ed25519");
  const auto x = octets_of(jwk, "x");
  if (!x) return skip(x.error());
  return keep(ed25519_key(*x));
}

Read<Key> read_oct(const Members& jwk, Secrets secrets) {
  if (secrets == Secrets::left_out) return skip("a secret, in a set that is published");
  auto k = octets_of(jwk, "k");
  if (!k) return skip(k.error());
  return keep(Key::from_secret(std::move(*k)));
}

// RFC 7517 sections 4.2 and 4.3.
Read<void> check_use(const Members& jwk) {
  const auto use = text_of(jwk, "use");
  if (!use) return skip(use.error());
  if (*use && **use != "sig") return skip("its use is not sig");
  const JsonMember* operations = find_member(jwk, "key_ops");
  if (operations == nullptr) return {};
  const auto names = strings_of(*operations, k_key_operations_max);
  if (!names) return skip("key_ops " + names.error());
  if (std::ranges::find(*names, "verify") == names->end()) return skip("its key_ops are without verify");
  return {};
}

Read<Key> restricted(const Members& jwk, Key key) {
  const auto name = text_of(jwk, "alg");
  if (!name) return skip(name.error());
  if (!*name) return key;
  const auto algorithm = algorithm_named(**name);
  if (!algorithm || !key.serves(*algorithm))
    return skip("its alg " + base::printable(**name) + " is none of ours for this type of key");
  return key.only_for(*algorithm);
}

Read<Key> read_key(const Members& jwk, const std::string& type, Secrets secrets) {
  if (const auto checked = check_use(jwk); !checked) return skip(checked.error());
  auto key = type == "RSA"           ? read_rsa(jwk)
             : type == "EC"          ? read_ec(jwk)
             : type == "OKP"         ? read_okp(jwk)
             : type == k_secret_type ? read_oct(jwk, secrets)
                                     : skip("its kty " + base::printable(type) + " is none of ours");
  if (!key) return key;
  return restricted(jwk, std::move(*key));
}

class Reader {
 public:
  explicit Reader(Secrets secrets) : secrets_(secrets) {}

  // The error makes the whole set invalid.
  base::Result<void> add(std::string_view json, std::size_t number) {
    const std::string position = "key " + std::to_string(number);
    const auto jwk = parse_unique_members(json, position + " of the set");
    if (!jwk) return refuse(jwk.error());
    const auto type = text_of(*jwk, "kty");
    const auto id = text_of(*jwk, "kid");
    const std::string name =
        position + (id && *id ? " (kid '" + base::printable(**id, k_key_id_bytes_max) + "')" : "");
    for (const std::string_view member : k_private_members)
      if (find_member(*jwk, member) != nullptr)
        return refuse(name + " is a private key: it holds " + std::string(member),
                      "publish the public half, and take this one out of use");
    const auto skipped = [&](const std::string& why) -> base::Result<void> {
      jwks_.skipped.push_back(name + ": " + why);
      return {};
    };
    if (!type || !*type) return skipped(type ? "without kty" : type.error());
    jwks_.holds_secrets = jwks_.holds_secrets || **type == k_secret_type;
    if (!id) return skipped(id.error());
    std::string own_id = id->value_or("");
    if (own_id.size() > k_key_id_bytes_max)
      return skipped("its kid is longer than " + std::to_string(k_key_id_bytes_max) + " bytes");
    if (!own_id.empty() && std::ranges::find(seen_, std::pair(own_id, **type)) != seen_.end())
      return skipped("a kid that another " + base::printable(**type) + " key has already");
    auto key = read_key(*jwk, **type, secrets_);
    if (!key) return skipped(key.error());
    seen_.emplace_back(own_id, **type);
    jwks_.keys.push_back(key->with_id(std::move(own_id)));
    return {};
  }

  Jwks take() && { return std::move(jwks_); }

 private:
  Secrets secrets_;
  Jwks jwks_;
  std::vector<std::pair<std::string, std::string>> seen_;  // kid and kty of the keys taken
};

}  // namespace

base::Result<Jwks> parse_jwks(std::string_view text, Secrets secrets) {
  if (text.size() > k_jwks_bytes_max)
    return refuse("the JWK set is larger than " + std::to_string(k_jwks_bytes_max) + " bytes");
  const auto set = parse_unique_members(text, "the JWK set");
  if (!set) return refuse(set.error());
  const JsonMember* keys = find_member(*set, "keys");
  if (keys == nullptr || keys->type != JsonType::array) return refuse("the JWK set has no array keys");
  const auto elements = elements_of(keys->raw);
  if (elements.size() > k_jwks_keys_max)
    return refuse("the JWK set has more than " + std::to_string(k_jwks_keys_max) + " keys");
  Reader reader(secrets);
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (auto added = reader.add(elements[i], i + 1); !added) return std::unexpected(std::move(added).error());
  return std::move(reader).take();
}

}  // namespace rt::auth
