// SPDX-License-Identifier: MIT
// What `rtpush gps` reads, each line (or document) recognised for itself, and the same as CSV: what comes out
// does not depend on where the input is cut, and every fix that is given out is within bounds.
#include <cstddef>
#include <cstdint>

#include "gps_invariance.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  rt::fuzz::check_gps({reinterpret_cast<const char*>(bytes), size}, rt::gps::Format::automatic);
  rt::fuzz::check_gps({reinterpret_cast<const char*>(bytes), size}, rt::gps::Format::csv);
  return 0;
}
