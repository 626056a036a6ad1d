// SPDX-License-Identifier: MIT
// GPX 1.0 and 1.1, read as a stream: the points of tracks as they come; the points of routes, which stand
// before the tracks and are plans, at the end and only if there was no track. Waypoints are passed over.
// Speed and course are taken where the document has them (GPX 1.0, Garmin's and others' extensions; m/s), and
// are not worked out from the distance between points. A document type is refused, so that there are no
// entities. expat is included in gpx.cc alone. Pure; one instance per input, one thread.
#pragma once

#include <memory>

#include "gps/reader.h"

namespace rt::gps {

std::unique_ptr<Reader> make_gpx_reader(Output output);

}  // namespace rt::gps
