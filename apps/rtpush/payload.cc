// SPDX-License-Identifier: MIT
#include "rtpush/payload.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/json.h"
#include "model/position.h"

namespace rt::rtpush {
namespace {

enum class FieldType { text, number };

struct KnownField {
  std::string_view name;
  FieldType type;
};

// What the apps read out of the payloads of orders and runs; a payload may hold anything else too.
constexpr std::array k_payload_fields = {
    KnownField{"status", FieldType::text},           KnownField{"actualArrival", FieldType::text},
    KnownField{"estimatedArrival", FieldType::text}, KnownField{"completedStops", FieldType::number},
    KnownField{"totalStops", FieldType::number},
};

std::vector<KnownField> known_fields() {
  std::vector<KnownField> fields(k_payload_fields.begin(), k_payload_fields.end());
  for (const auto& field : model::k_position_fields) {
    fields.push_back({field.name, FieldType::number});
  }
  return fields;
}

struct Member {
  std::string key;
  std::string raw;
};

std::unexpected<base::Error> wrong_set(std::string what) {
  return base::fail(base::ErrorKind::usage, "--set: " + std::move(what));
}

bool is_one_json_value(std::string_view text) {
  const auto members = model::parse_object("{\"value\":" + std::string(text) + "}");
  return members && members->size() == 1;
}

// Nothing where the field is no known one.
const KnownField* find(const std::vector<KnownField>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &KnownField::name);
  return found == fields.end() ? nullptr : &*found;
}

base::Result<Member> parse_set(const std::string& set, const std::vector<KnownField>& fields) {
  const auto equals = set.find('=');
  if (equals == std::string::npos || equals == 0 || set.starts_with(":=")) {
    return wrong_set("'" + base::printable(set, 40) + "' is neither K=V nor K:=JSON");
  }
  const std::string value = set.substr(equals + 1);
  if (set[equals - 1] == ':') {
    if (!is_one_json_value(value)) {
      return wrong_set("'" + base::printable(value, 40) + "' is not JSON (K=V sends a string)");
    }
    return Member{set.substr(0, equals - 1), std::string(base::trim(value))};
  }
  Member member{set.substr(0, equals), {}};
  const auto* field = find(fields, member.key);
  if (field != nullptr && field->type == FieldType::number) {
    if (!base::parse_decimal(value) || !is_one_json_value(value)) {
      return wrong_set(member.key + " must be a number, not '" + base::printable(value, 40) + "'");
    }
    member.raw = value;
  } else if (base::is_valid_utf8(set)) {
    model::append_json_string(member.raw, value);
  } else {
    return wrong_set("'" + base::printable(set, 40) + "' is not UTF-8");
  }
  return member;
}

void warn_if_mistyped(std::vector<std::string>& warnings, const std::vector<KnownField>& fields,
                      std::string_view key) {
  if (find(fields, key) != nullptr) {
    return;
  }
  std::vector<std::string_view> names;
  std::ranges::transform(fields, std::back_inserter(names), &KnownField::name);
  if (const auto near = base::nearest(key, names); !near.empty()) {
    warnings.push_back("--set: '" + base::printable(key, 40) + "' is not a known field; did you mean '" +
                       std::string(near) + "'?");
  }
}

std::string to_json(const std::vector<Member>& members) {
  std::string json = "{";
  for (const auto& member : members) {
    if (json.size() > 1) {
      json += ',';
    }
    model::append_json_string(json, member.key);
    json.append(":").append(member.raw);
  }
  return json += '}';
}

}  // namespace

base::Result<Payload> make_payload(std::string_view object, const std::vector<std::string>& sets) {
  if (sets.empty()) {
    return Payload{.json = std::string(object), .warnings = {}};
  }
  std::vector<Member> members;
  if (!object.empty()) {
    const auto parsed = model::parse_object(object);
    if (!parsed) {
      return base::fail(base::ErrorKind::invalid, "not a JSON object: " + parsed.error().what);
    }
    for (const auto& member : *parsed) {
      members.push_back({member.key, std::string(member.raw)});
    }
  }
  const auto fields = known_fields();
  Payload payload;
  for (const auto& set : sets) {
    auto member = parse_set(set, fields);
    if (!member) {
      return std::unexpected(std::move(member).error());
    }
    warn_if_mistyped(payload.warnings, fields, member->key);
    const auto present = std::ranges::find(members, member->key, &Member::key);
    if (present == members.end()) {
      members.push_back(*std::move(member));
    } else {
      present->raw = std::move(member->raw);
    }
  }
  payload.json = to_json(members);
  return payload;
}

}  // namespace rt::rtpush
