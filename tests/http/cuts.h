// SPDX-License-Identifier: MIT
// Feeds the same bytes whole, byte by byte and split at each position, and expects the same of all.
#pragma once

#include <doctest/doctest.h>

#include "http/transcript.h"

namespace rt::http::test {

inline std::string same_for_every_cut(std::string_view bytes, std::size_t body_bytes_max = 1024,
                                      const ParserLimits& limits = {}) {
  const std::string whole = transcript_of(bytes, body_bytes_max, limits);
  Transcript bytewise(body_bytes_max, limits);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytewise.feed(bytes.substr(i, 1));
  CHECK(bytewise.text() == whole);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    Transcript split(body_bytes_max, limits);
    split.feed(bytes.substr(0, cut));
    split.feed(bytes.substr(cut));
    if (split.text() != whole) FAIL_CHECK("cut at " << cut << ": " << split.text());
  }
  return whole;
}

}  // namespace rt::http::test
