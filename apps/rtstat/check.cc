// SPDX-License-Identifier: MIT
#include "rtstat/check.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace rt::rtstat {
namespace {

// Longer ones before those that they begin with.
constexpr std::array<std::pair<std::string_view, Relation>, 6> k_relations = {{{"<=", Relation::at_most},
                                                                               {">=", Relation::at_least},
                                                                               {"==", Relation::equal},
                                                                               {"!=", Relation::unequal},
                                                                               {"<", Relation::below},
                                                                               {">", Relation::above}}};

std::string_view sign_of(Relation relation) {
  return std::ranges::find(k_relations, relation, [](const auto& pair) { return pair.second; })->first;
}

bool is_reached(const Threshold& threshold, double value) {
  const double number = base::parse_decimal(threshold.number).value_or(0);
  switch (threshold.relation) {
    case Relation::below:
      return value < number;
    case Relation::at_most:
      return value <= number;
    case Relation::above:
      return value > number;
    case Relation::at_least:
      return value >= number;
    case Relation::equal:
      return value == number;
    case Relation::unequal:
      break;
  }
  return value != number;
}

// The range of the plugin guidelines that is all right; they know no difference of > and >=.
std::string range_of(const std::vector<Threshold>& thresholds, std::string_view field) {
  const auto found = std::ranges::find(thresholds, field, &Threshold::field);
  if (found == thresholds.end()) return {};
  switch (found->relation) {
    case Relation::below:
    case Relation::at_most:
      return found->number + ':';
    case Relation::above:
    case Relation::at_least:
      return "~:" + found->number;
    case Relation::equal:
      return '@' + found->number + ':' + found->number;
    case Relation::unequal:
      break;
  }
  return found->number + ':' + found->number;
}

// "totalClients is 12 (totalClients>10)" for each that is reached.
std::string reasons(const client::Stats& stats, const std::vector<Threshold>& thresholds) {
  std::string out;
  for (const Threshold& threshold : thresholds) {
    const std::string value = client::field_text(stats, threshold.field).value_or("0");
    if (!is_reached(threshold, base::parse_decimal(value).value_or(0))) continue;
    if (!out.empty()) out += ", ";
    out += threshold.field + " is " + value + " (" + threshold.field +
           std::string(sign_of(threshold.relation)) + threshold.number + ')';
  }
  return out;
}

std::string summary(const client::Stats& stats) {
  std::string out;
  for (const std::string_view field : client::field_names()) {
    if (client::is_detail(field)) continue;
    if (!out.empty()) out += ", ";
    out += std::string(field) + ' ' + client::field_text(stats, field).value_or("0");
  }
  return out;
}

// 'label'=value[unit];warn;crit;min
std::string performance(const client::Stats& stats, const std::vector<Threshold>& warn,
                        const std::vector<Threshold>& crit) {
  std::string out = " |";
  for (const std::string_view field : client::field_names()) {
    const auto value = client::field_text(stats, field);
    if (!value) continue;
    out += ' ' + std::string(field) + '=' + *value + (field == "uptime" ? "s" : "") + ';' +
           range_of(warn, field) + ';' + range_of(crit, field) + ";0";
  }
  return out;
}

}  // namespace

std::expected<Threshold, std::string> parse_threshold(std::string_view text) {
  const std::string wrong =
      "'" + base::printable(text, 40) + "' is no condition, as totalClients>5000 or instances<2";
  for (const auto& [sign, relation] : k_relations) {
    const auto at = text.find(sign);
    if (at == std::string_view::npos) continue;
    const std::string_view field = base::trim(text.substr(0, at));
    const std::string_view number = base::trim(text.substr(at + sign.size()));
    if (field.empty() || !base::parse_decimal(number)) return std::unexpected(wrong);
    return Threshold{std::string(field), relation, std::string(number)};
  }
  return std::unexpected(wrong);
}

CheckResult check(const client::Stats& stats, const std::vector<Threshold>& warn,
                  const std::vector<Threshold>& crit) {
  const std::string perf = performance(stats, warn, crit) + '\n';
  if (const auto why = reasons(stats, crit); !why.empty())
    return {Verdict::critical, "RTSTAT CRITICAL - " + why + perf};
  if (const auto why = reasons(stats, warn); !why.empty())
    return {Verdict::warning, "RTSTAT WARNING - " + why + perf};
  return {Verdict::ok, "RTSTAT OK - " + summary(stats) + perf};
}

CheckResult check_failed(const base::Error& error) {
  const bool is_away = error.kind == base::ErrorKind::unavailable || error.kind == base::ErrorKind::timeout ||
                       error.kind == base::ErrorKind::busy;
  std::string what = base::printable(error.what, 400);
  std::ranges::replace(what, '|', '/');  // performance data begins there
  return {is_away ? Verdict::critical : Verdict::unknown,
          std::string("RTSTAT ") + (is_away ? "CRITICAL" : "UNKNOWN") + " - " + what + '\n'};
}

}  // namespace rt::rtstat
