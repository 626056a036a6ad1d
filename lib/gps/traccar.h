// SPDX-License-Identifier: MIT
// What sends to a Traccar server: OsmAnd's and the older Traccar Client's query (`id=17&lat=..&lon=..`,
// alone, in a URL or in a line of an access log), and the newer Traccar Client's JSON
// (`{"location":{"coords":..`). Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gps/fields.h"
#include "gps/reader.h"

namespace rt::gps {

// Has the line a query with `lat` and `lon`, or `location`?
bool is_traccar_query(std::string_view line);
bool is_traccar_json(const Fields& fields);

void take_traccar_query(const Output& output, std::string_view text, const Options& options,
                        std::size_t line);
void take_traccar_json(const Output& output, const Fields& fields, const Options& options, std::size_t line);

}  // namespace rt::gps
