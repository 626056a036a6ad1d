// SPDX-License-Identifier: MIT
// gpsd's JSON and native NDJSON: what comes out does not depend on where the input is cut, and every fix that
// is given out is within bounds.
#include <cstddef>
#include <cstdint>

#include "gps_invariance.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  rt::fuzz::check_gps({reinterpret_cast<const char*>(bytes), size}, rt::gps::Format::gpsd);
  rt::fuzz::check_gps({reinterpret_cast<const char*>(bytes), size}, rt::gps::Format::ndjson);
  return 0;
}
