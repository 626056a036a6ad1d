// SPDX-License-Identifier: MIT
// Accept, Accept-Encoding and Content-Type (declared in http/routes.h).
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "http/routes.h"

namespace rt::http {
namespace {

constexpr std::string_view k_event_stream = "text/event-stream";

// How closely a media range names an event stream; 0 when it does not.
int closeness(std::string_view range) {
  if (base::equal_ignoring_case(range, k_event_stream)) return 3;
  if (base::equal_ignoring_case(range, "text/*")) return 2;
  return range == "*/*" ? 1 : 0;
}

// q=0, q=0., q=0.000 (RFC 9110 section 12.4.2)
bool is_zero_weight(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return false;
  if (!base::equal_ignoring_case(base::trim(parameter.substr(0, equals)), "q")) return false;
  const std::string_view weight = base::trim(parameter.substr(equals + 1));
  return weight.starts_with('0') && weight.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts_event_stream(const Request& request) {
  bool is_limited = false;
  int closest = 0;
  bool is_accepted = false;
  for (const Field& field : request.fields) {
    if (!base::equal_ignoring_case(field.name, "Accept")) continue;
    for (const std::string_view element : base::split(field.value, ',')) {
      if (base::trim(element).empty()) continue;
      is_limited = true;
      const auto parts = base::split(element, ';');
      const int close = closeness(base::trim(parts.front()));
      if (close <= closest) continue;
      closest = close;
      is_accepted = std::none_of(parts.begin() + 1, parts.end(), is_zero_weight);
    }
  }
  return !is_limited || is_accepted;
}

bool accepts_gzip(const Request& request) {
  std::optional<bool> by_name, by_star;
  for (const Field& field : request.fields) {
    if (!base::equal_ignoring_case(field.name, "Accept-Encoding")) continue;
    for (const std::string_view element : base::split(field.value, ',')) {
      const auto parts = base::split(element, ';');
      const std::string_view coding = base::trim(parts.front());
      const bool wanted = std::none_of(parts.begin() + 1, parts.end(), is_zero_weight);
      // RFC 9110 section 8.4.1.3: x-gzip is the same.
      if (base::equal_ignoring_case(coding, "gzip") || base::equal_ignoring_case(coding, "x-gzip"))
        by_name = wanted;
      if (coding == "*") by_star = wanted;
    }
  }
  return by_name.value_or(by_star.value_or(false));
}

bool has_media_type(const Request& request, std::string_view media_type) {
  const auto value = request.field("Content-Type");
  return value && base::equal_ignoring_case(base::trim(value->substr(0, value->find(';'))), media_type);
}

}  // namespace rt::http
