// SPDX-License-Identifier: MIT
// The formats that come line by line, each line recognised for itself: JSON (native, gpsd, OwnTracks, Traccar
// Client, GeoJSON), NMEA sentences, Traccar's query. Pure; one instance per input, one thread.
#pragma once

#include <memory>

#include "gps/reader.h"

namespace rt::gps {

std::unique_ptr<Reader> make_line_reader(const Options& options, Output output);

}  // namespace rt::gps
