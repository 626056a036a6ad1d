// SPDX-License-Identifier: MIT
// What a Reader gives out, written down as lines that a test can compare:
//   "2: 43.6532,-79.3832 heading=180 speed=45.5 altitude=76.5 time=2023-12-20T14:35:00.000Z driver=D-7"
//   "3: skipped no fix"    "4: rejected latitude must be a number from -90 to 90"    "5: doubtful are they
//   swapped?"
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gps/reader.h"

namespace rt::gps {

using Lines = std::vector<std::string>;

// The input as one piece.
Lines read_whole(std::string_view input, const Options& options = {});
// Checks that byte by byte, and cut in two at each position, the input gives the same as whole; returns that.
Lines read_every_way(std::string_view input, const Options& options = {});

// "$" + body + "*" + the right checksum + LF
std::string sentence(std::string_view body);

// A Reader whose output goes to `lines`.
std::unique_ptr<Reader> recorded_reader(const Options& options, Lines& lines);

}  // namespace rt::gps

template <>
struct doctest::StringMaker<rt::gps::Lines> {
  static doctest::String convert(const rt::gps::Lines& lines);
};
