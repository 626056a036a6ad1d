// SPDX-License-Identifier: MIT
// OwnTracks' JSON (its HTTP and MQTT payloads): `"_type":"location"`. Its other types, of which some have
// coordinates too (where a region begins), are passed over; an encrypted one is rejected. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "gps/fields.h"
#include "gps/reader.h"

namespace rt::gps {

bool is_owntracks(const Fields& fields);

void take_owntracks(const Output& output, const Fields& fields, const Options& options, std::size_t line);

}  // namespace rt::gps
