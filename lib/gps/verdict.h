// SPDX-License-Identifier: MIT
// The last look at a fix, the same for every format: what a device writes for "unknown" becomes absent, and
// the fix is given out, skipped or rejected. Pure; any thread.
#pragma once

#include "gps/reader.h"

namespace rt::gps {

// Negative speed, course or accuracy is unknown; 0,0 is no fix; what is out of range is rejected.
void give(const Output& output, Fix fix);

bool same(const model::Position& a, const model::Position& b);

// Conversions give many digits, so that their results are rounded: to a metre an hour, and, as 7 decimals of
// a degree are a centimetre, to 9 decimals, which lose nothing.
double to_kmh(double value, SpeedUnit unit);
double round_degrees(double degrees);

}  // namespace rt::gps
