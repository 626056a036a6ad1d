// SPDX-License-Identifier: MIT
// What holds for every input of a gps::Reader, whatever the bytes: cutting it elsewhere changes nothing; a
// fix is within the bounds of model/position.h and has not both coordinates 0; messages are printable. Aborts
// when not.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "gps/reader.h"
#include "model/position.h"

namespace rt::fuzz {

inline void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

inline void check_fix(const gps::Fix& fix) {
  auto position = fix.position;
  require(!model::check(position));
  require(!position.heading || *position.heading < 360);
  require(position.latitude != 0 || position.longitude != 0);
}

inline void check_message(std::string_view what) {
  require(!what.empty() && what.size() < 1024 && base::is_valid_utf8(what));
  require(what.find_first_of("\r\n\x1B") == std::string_view::npos);
}

// Everything that comes out, as text. Pieces of `step` bytes, the last one shorter; 0 is one piece.
inline std::string read_gps(std::string_view bytes, gps::Format format, std::size_t step) {
  std::string out;
  const auto reader = gps::make_reader(
      {.format = format}, {
                              .fix =
                                  [&](const gps::Fix& fix) {
                                    check_fix(fix);
                                    out += std::to_string(fix.line) + to_location_json(fix.position) +
                                           fix.driver + "\n";
                                  },
                              .skipped =
                                  [&](std::size_t line, std::string_view reason) {
                                    out += std::to_string(line) + "s" + std::string(reason) + "\n";
                                  },
                              .rejected =
                                  [&](std::size_t line, const std::string& what) {
                                    check_message(what);
                                    out += std::to_string(line) + "r" + what + "\n";
                                  },
                              .doubtful =
                                  [&](std::size_t line, const std::string& what) {
                                    check_message(what);
                                    out += std::to_string(line) + "d" + what + "\n";
                                  },
                          });
  while (step != 0 && bytes.size() > step) {
    reader->feed(bytes.substr(0, step));
    bytes.remove_prefix(step);
  }
  reader->feed(bytes);
  reader->finish();
  return out + std::to_string(reader->tally().count);
}

inline void check_gps(std::string_view bytes, gps::Format format) {
  const auto whole = read_gps(bytes, format, 0);
  require(read_gps(bytes, format, 1) == whole);
  if (bytes.size() > 2) {
    // Where to cut is taken from the input, so that the fuzzer can look for a bad place.
    require(read_gps(bytes, format, 1 + static_cast<unsigned char>(bytes[0]) % bytes.size()) == whole);
    require(read_gps(bytes, format, 1 + static_cast<unsigned char>(bytes.back()) % bytes.size()) == whole);
  }
}

}  // namespace rt::fuzz
