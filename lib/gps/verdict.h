// SPDX-License-Identifier: MIT
// The last look at a fix, the same for every format: what a device writes for "unknown" becomes absent, and
// the fix is given out, skipped or rejected. Pure; any thread.
#pragma once

#include "gps/reader.h"

namespace rt::gps {

// Negative speed, course or accuracy is unknown; 0,0 is no fix; what is out of range is rejected.
void give(const Output& output, Fix fix);

bool same(const model::Position& a, const model::Position& b);

inline constexpr double k_kmh_per_knot = 1.852;
inline constexpr double k_kmh_per_mps = 3.6;

// For values that a conversion gave many digits: 7 decimals of a degree are a centimetre, so 9 lose nothing.
double round_degrees(double degrees);
double round_kmh(double kmh);

}  // namespace rt::gps
